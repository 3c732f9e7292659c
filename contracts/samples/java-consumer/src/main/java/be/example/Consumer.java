package be.example;

import be.buurtsein.events.IncidentReported;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.nio.file.*;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Prints each report once. The number of reports to stop at may be given. */
public final class Consumer {
    public static void main(String[] args) throws Exception {
        var wanted = args.length > 0 ? Integer.parseInt(args[0]) : Integer.MAX_VALUE;
        var json = new ObjectMapper().registerModule(new JavaTimeModule());
        var seen = new HashSet<String>(); // in earnest: a table, in the transaction of the effect
        var bytes = new ByteArrayDeserializer(); // a deserializer that throws would stop the whole partition
        try (var consumer = new KafkaConsumer<>(settings(), bytes, bytes)) {
            consumer.subscribe(List.of("bin.incidents"));
            while (seen.size() < wanted) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    try {
                        var event = KafkaMessageFactory.createReader(record.headers(), record.value()).toEvent();
                        if (!event.getType().equals(IncidentReported.TYPE) || seen.contains(event.getId())) continue;
                        var report = json.readValue(event.getData().toBytes(), IncidentReported.class);
                        System.out.println(report.reference() + " " + report.category() + " " + report.location().nis());
                        seen.add(event.getId());
                    } catch (Exception broken) {
                        System.out.println("put aside: " + record.topic() + "@" + record.offset());
                    }
                }
                consumer.commitSync();
            }
        }
    }

    private static Map<String, Object> settings() throws Exception {
        var user = System.getenv("BIN_USERNAME");
        var password = Files.readString(Path.of(System.getenv("BIN_PASSWORD_FILE"))).strip();
        var login = "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";";
        return Map.of("bootstrap.servers", System.getenv("BIN_BOOTSTRAP"), "group.id", user + ".java-sample",
            "auto.offset.reset", "earliest", "enable.auto.commit", false, "sasl.mechanism", "SCRAM-SHA-512",
            "security.protocol", System.getenv().getOrDefault("BIN_SECURITY_PROTOCOL", "SASL_SSL"),
            "sasl.jaas.config", login.formatted(user, password));
    }
}
