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

/** Keeps the streams of one topic in order, in memory. In production, use three tables, written in the transaction of the effect. */
public final class InOrder {
    /** What to do with an event, compared with the last applied one of its key. */
    public enum Turn { NEXT, DUPLICATE, LATE, EARLY }

    /** An event to apply; late means that later events of its key were applied before it. */
    public record Step(BinEvent event, boolean late) {}

    /** The events to apply now, in this order; {@code aside} says why the record must be put aside, null when it could be read. */
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

    /** Says what to do with an event; {@code last} is the last applied sequence of this topic and key, null before the first. */
    public static Turn turn(Long last, long sequence, boolean applied) {
        if (applied) return Turn.DUPLICATE;
        if (last == null || sequence == last + 1) return Turn.NEXT;
        return sequence <= last ? Turn.LATE : Turn.EARLY;
    }

    /** Takes a record, new or put aside earlier, and returns the events to apply now. */
    public Taken take(Map<String, String> headers, byte[] value, Instant now) {
        try {
            var event = Records.parse(headers, value);
            return new Taken(pass(event.key(), event.sequence(), event, now), null);
        } catch (Unreadable problem) {
            var steps = Records.place(headers).map(place -> pass(place.key(), place.sequence(), null, now));
            return new Taken(steps.orElse(List.of()), problem);
        }
    }

    /** Returns the events that have waited long enough for a missing one, to apply them without it. Call it regularly. */
    public List<Step> overdue(Instant now) {
        var steps = new ArrayList<Step>();
        for (var stream : streams.values()) {
            if (stream.since == null || Duration.between(stream.since, now).compareTo(wait) < 0) continue;
            stream.last = stream.waiting.firstKey() - 1;
            steps.addAll(follow(stream, now));
        }
        return steps;
    }

    /** Computes one state from all stored events of a key, in the order of their sequence, whatever order they arrived in. */
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
