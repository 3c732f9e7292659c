// What every consumer needs. Records.Parse reads a record, or says why it cannot be read. InOrder applies each event once
// and in order. InOrder.Fold computes one state from the events of a key. All can be tested without a broker.
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace Buurtsein;

/// <summary>Thrown for a record that this program cannot read; Detail contains no data of the record.</summary>
public sealed class Unreadable(string code, string detail) : Exception($"{code}: {detail}")
{
    /// <summary>unknown_type, unknown_version or invalid_event.</summary>
    public string Code { get; } = code;
    public string Detail { get; } = detail;
}

/// <summary>One event; Data is valid by the reader schema of its type.</summary>
public sealed record BinEvent(string Id, string Type, string Key, long Sequence, JsonObject Data);

public static class Records
{
    private const int MaxValueBytes = 65536;
    private static readonly Encoding Utf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);
    private static readonly EvaluationOptions Strict = new() { RequireFormatValidation = true };
    private static readonly JsonObject Schemas =
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "reader-schemas.json")))!.AsObject();
    private static readonly JsonSchema HeaderSchema = Compiled(Schemas["headers"]!);
    private static readonly Dictionary<string, JsonSchema> Events =
        Schemas["events"]!.AsObject().ToDictionary(one => one.Key, one => Compiled(one.Value!["schema"]!));
    private static readonly HashSet<string> Stems = Events.Keys.Select(Stem).ToHashSet();

    /// <summary>Returns the headers as text, by name without ce_; a header that is not UTF-8 is left out.</summary>
    public static Dictionary<string, string> Headers(IEnumerable<(string Name, byte[]? Value)> given)
    {
        var found = new Dictionary<string, string>();
        foreach (var (name, value) in given)
        {
            if (!name.StartsWith("ce_") || value is null) continue;
            try { found[name[3..]] = Utf8.GetString(value); }
            catch (DecoderFallbackException) { } // ignore it: when the event needs this header, parsing fails below
        }
        return found;
    }

    /// <summary>Returns the event of a record; throws Unreadable and nothing else.</summary>
    public static BinEvent Parse(IReadOnlyDictionary<string, string> headers, byte[]? value)
    {
        var node = new JsonObject(headers.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value)));
        if (!HeaderSchema.Evaluate(node, Strict).IsValid) throw new Unreadable("invalid_event", "headers");
        var type = headers["type"];
        if (!Events.TryGetValue(type, out var schema))
            throw new Unreadable(Stems.Contains(Stem(type)) ? "unknown_version" : "unknown_type", type[..Math.Min(200, type.Length)]);
        var data = Json(value);
        if (data is not JsonObject fields || !schema.Evaluate(data, Strict).IsValid) throw new Unreadable("invalid_event", "data");
        var key = (string)fields[(string)Schemas["events"]![type]!["key"]!]!;
        if (key != headers["partitionkey"]) throw new Unreadable("invalid_event", "partitionkey differs from the data");
        return new BinEvent(headers["id"], type, key, long.Parse(headers["sequence"]), fields);
    }

    /// <summary>Returns key and sequence of a record, also when type or data cannot be read; null when its headers lack them.</summary>
    public static (string Key, long Sequence)? Place(IReadOnlyDictionary<string, string> headers)
    {
        var key = headers.GetValueOrDefault("partitionkey", "");
        var sequence = headers.GetValueOrDefault("sequence", "");
        if (key == "" || !Regex.IsMatch(sequence, "^0[0-9]{19}$") || long.Parse(sequence) == 0) return null;
        return (key, long.Parse(sequence));
    }

    private static JsonNode? Json(byte[]? value)
    {
        if (value is null || value.Length is 0 or > MaxValueBytes) throw new Unreadable("invalid_event", "data: empty or too large");
        try { return JsonNode.Parse(Utf8.GetString(value)); }
        catch (Exception) { throw new Unreadable("invalid_event", "data: not JSON"); }
    }

    private static string Stem(string type) => type[..Math.Max(0, type.LastIndexOf('.'))];

    private static JsonSchema Compiled(JsonNode schema) => JsonSchema.FromText(schema.ToJsonString());
}

public enum Turn { Next, Duplicate, Late, Early }

/// <summary>An event to apply; late means that later events of its key were applied before it.</summary>
public sealed record Step(BinEvent Event, bool Late);

/// <summary>Keeps the order of the streams of one topic in memory. In production, keep this state in three tables, written in the transaction of the effect.</summary>
public sealed class InOrder(TimeSpan? wait = null)
{
    private sealed class Stream
    {
        public long? Last;
        public readonly HashSet<long> Applied = [];
        public readonly SortedDictionary<long, BinEvent?> Waiting = []; // null: a record aside, which takes its place without effect
        public DateTimeOffset? Since;
    }

    private readonly Dictionary<string, Stream> _streams = [];
    private readonly TimeSpan _wait = wait ?? TimeSpan.FromMinutes(10);

    /// <summary>Says what to do with an event; last is the last applied sequence of this topic and key, null before the first.</summary>
    public static Turn TurnOf(long? last, long sequence, bool applied) =>
        applied ? Turn.Duplicate
        : last is null || sequence == last + 1 ? Turn.Next
        : sequence <= last ? Turn.Late : Turn.Early;

    /// <summary>Takes a record, new or put aside earlier, and returns the events to apply now; Aside is null when it can be read.</summary>
    public (List<Step> Steps, Unreadable? Aside) Take(IReadOnlyDictionary<string, string> headers, byte[]? value, DateTimeOffset now)
    {
        try
        {
            var found = Records.Parse(headers, value);
            return (Pass(found.Key, found.Sequence, found, now), null);
        }
        catch (Unreadable problem)
        {
            return (Records.Place(headers) is (var key, var sequence) ? Pass(key, sequence, null, now) : [], problem);
        }
    }

    /// <summary>Returns the events that have waited long enough for a missing one, to apply them without it. Call it regularly.</summary>
    public List<Step> Overdue(DateTimeOffset now)
    {
        var steps = new List<Step>();
        foreach (var stream in _streams.Values.Where(one => one.Since is not null && now - one.Since >= _wait))
        {
            stream.Last = stream.Waiting.Keys.First() - 1;
            steps.AddRange(Follow(stream, now));
        }
        return steps;
    }

    /// <summary>Computes one state from all stored events of a key, in the order of their sequence, whatever order they arrived in.</summary>
    public static TState Fold<TState>(IEnumerable<BinEvent> kept, TState start, Func<TState, BinEvent, TState> step) =>
        kept.DistinctBy(one => one.Sequence).OrderBy(one => one.Sequence).Aggregate(start, step);

    private List<Step> Pass(string key, long sequence, BinEvent? found, DateTimeOffset now)
    {
        if (!_streams.TryGetValue(key, out var stream)) _streams[key] = stream = new Stream();
        switch (TurnOf(stream.Last, sequence, stream.Applied.Contains(sequence)))
        {
            case Turn.Next:
                stream.Waiting[sequence] = found;
                stream.Last = sequence - 1;
                return Follow(stream, now);
            case Turn.Late when found is not null:
                stream.Applied.Add(sequence);
                return [new Step(found, true)];
            case Turn.Early:
                stream.Waiting[sequence] = found ?? stream.Waiting.GetValueOrDefault(sequence);
                stream.Since ??= now;
                break;
        }
        return [];
    }

    private static List<Step> Follow(Stream stream, DateTimeOffset now)
    {
        var steps = new List<Step>();
        while (stream.Waiting.Remove(stream.Last!.Value + 1, out var found))
        {
            stream.Last++;
            if (found is null) continue;
            stream.Applied.Add(stream.Last.Value);
            steps.Add(new Step(found, false));
        }
        stream.Since = stream.Waiting.Count > 0 ? now : null;
        return steps;
    }
}
