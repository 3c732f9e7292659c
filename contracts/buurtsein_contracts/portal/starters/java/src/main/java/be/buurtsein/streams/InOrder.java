package be.buurtsein.streams;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** The streams of one topic, each event once and in order. In earnest: three tables, written in the transaction of the effect. */
public final class InOrder {
    /** What an event is to the stream of its key. */
    public enum Turn { NEXT, DUPLICATE, LATE, EARLY }

    /** An event to apply; late: its place was passed without it, apply it as a program may with an older fact. */
    public record Step(BinEvent event, boolean late) {}

    /** What to apply now, in this order, and why the record goes aside; {@code aside} is null when it does not. */
    public record Taken(List<Step> steps, Unreadable aside) {}

    private static final class Stream {
        Long last;
        final Set<Long> applied = new HashSet<>();
        final TreeMap<Long, BinEvent> waiting = new TreeMap<>(); // null: a record aside, which takes its place without effect
        Instant since;
    }

    private final Map<String, Stream> streams = new LinkedHashMap<>();
    private final Duration wait;

    public InOrder(Duration wait) {
        this.wait = wait;
    }

    public InOrder() {
        this(Duration.ofMinutes(10));
    }

    /** The rule; {@code last} is the last sequence passed of this topic and key, null at its first event. */
    public static Turn turn(Long last, long sequence, boolean applied) {
        if (applied) return Turn.DUPLICATE;
        if (last == null || sequence == last + 1) return Turn.NEXT;
        return sequence <= last ? Turn.LATE : Turn.EARLY;
    }

    /** Takes a record, also one that was put aside and is read again. */
    public Taken take(Map<String, String> headers, byte[] value, Instant now) {
        try {
            var event = Records.parse(headers, value);
            return new Taken(pass(event.key(), event.sequence(), event, now), null);
        } catch (Unreadable problem) {
            var steps = Records.place(headers).map(place -> pass(place.key(), place.sequence(), null, now));
            return new Taken(steps.orElse(List.of()), problem);
        }
    }

    /** What waited long enough; what is missing before it is late if it comes. Call it now and then. */
    public List<Step> overdue(Instant now) {
        var steps = new ArrayList<Step>();
        for (var stream : streams.values()) {
            if (stream.since == null || Duration.between(stream.since, now).compareTo(wait) < 0) continue;
            stream.last = stream.waiting.firstKey() - 1;
            steps.addAll(follow(stream, now));
        }
        return steps;
    }

    /** One state of all events kept of a key, in the order of their sequence, whatever the order they came in. */
    public static <S> S fold(Iterable<BinEvent> kept, S start, BiFunction<S, BinEvent, S> step) {
        var bySequence = new TreeMap<Long, BinEvent>();
        kept.forEach(event -> bySequence.put(event.sequence(), event));
        var state = start;
        for (var event : bySequence.values()) state = step.apply(state, event);
        return state;
    }

    private List<Step> pass(String key, long sequence, BinEvent event, Instant now) {
        var stream = streams.computeIfAbsent(key, unseen -> new Stream());
        switch (turn(stream.last, sequence, stream.applied.contains(sequence))) {
            case NEXT -> {
                stream.waiting.put(sequence, event);
                stream.last = sequence - 1;
                return follow(stream, now);
            }
            case LATE -> {
                if (event == null) return List.of();
                stream.applied.add(sequence);
                return List.of(new Step(event, true));
            }
            case EARLY -> {
                if (event != null || !stream.waiting.containsKey(sequence)) stream.waiting.put(sequence, event);
                if (stream.since == null) stream.since = now;
            }
            case DUPLICATE -> { }
        }
        return List.of();
    }

    private List<Step> follow(Stream stream, Instant now) {
        var steps = new ArrayList<Step>();
        while (stream.waiting.containsKey(stream.last + 1)) {
            var event = stream.waiting.remove(++stream.last);
            if (event == null) continue;
            stream.applied.add(stream.last);
            steps.add(new Step(event, false));
        }
        stream.since = stream.waiting.isEmpty() ? null : now;
        return steps;
    }
}
