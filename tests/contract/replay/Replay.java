package be.example;

import be.buurtsein.streams.*;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Instant;
import java.util.*;

/** Reads records from a file, and prints for each the code with which it is put aside and the events that are applied. */
public final class Replay {
    public static void main(String[] args) throws Exception {
        var json = new ObjectMapper();
        var streams = new InOrder();
        var kept = new ArrayList<BinEvent>();
        for (var one : json.readTree(Path.of(args[0]).toFile())) {
            var now = Instant.ofEpochMilli(one.get("now").asLong());
            if (!one.has("headers")) {
                System.out.println(json.writeValueAsString(Arrays.asList(null, asJson(streams.overdue(now)))));
                continue;
            }
            var headers = new HashMap<String, byte[]>();
            for (var header : one.get("headers").properties()) headers.put(header.getKey(), header.getValue().binaryValue());
            var value = one.get("value").isNull() ? null : one.get("value").binaryValue();
            var taken = streams.take(Records.headers(headers), value, now);
            taken.steps().forEach(step -> kept.add(step.event()));
            var code = taken.aside() == null ? null : taken.aside().code;
            System.out.println(json.writeValueAsString(Arrays.asList(code, asJson(taken.steps()))));
        }
        var last = kept.get(kept.size() - 1).key();
        var folded = InOrder.fold(kept.stream().filter(event -> event.key().equals(last)).toList(), List.<Long>of(),
            (seen, event) -> { var more = new ArrayList<>(seen); more.add(event.sequence()); return more; });
        System.out.println(json.writeValueAsString(folded));
    }

    private static List<List<Object>> asJson(List<InOrder.Step> steps) {
        return steps.stream().map(step -> List.<Object>of(step.event().key(), step.event().sequence(), step.late())).toList();
    }
}
