package be.buurtsein.streams;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Converts records to events: {@link #parse} returns the event of a record or says why there is none. It needs no Kafka. */
public final class Records {
    static final ObjectMapper JSON = JsonMapper.builder()
        .addModule(new JavaTimeModule())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
    private static final int MAX_VALUE_BYTES = 65536;
    private static final JsonNode SCHEMAS = read("/reader-schemas.json");
    private static final JsonSchema HEADERS = compiled(SCHEMAS.get("headers"));
    private static final Map<String, JsonSchema> EVENTS = new HashMap<>();
    private static final Set<String> STEMS = new HashSet<>();

    static {
        SCHEMAS.get("events").fields().forEachRemaining(event -> {
            EVENTS.put(event.getKey(), compiled(event.getValue().get("schema")));
            STEMS.add(stem(event.getKey()));
        });
    }

    /** The key and the sequence of a record. */
    public record Place(String key, long sequence) {}

    private Records() {}

    /** Returns the headers as text, by name without {@code ce_}; a header that is not UTF-8 is left out. */
    public static Map<String, String> headers(Map<String, byte[]> given) {
        var found = new TreeMap<String, String>();
        given.forEach((name, value) -> {
            try {
                if (name.startsWith("ce_") && value != null) found.put(name.substring(3), text(value));
            } catch (CharacterCodingException broken) {
                // ignore it: when the event needs this header, parsing fails below
            }
        });
        return found;
    }

    /** Returns the event of a record. */
    public static BinEvent parse(Map<String, String> headers, byte[] value) throws Unreadable {
        check(HEADERS, JSON.valueToTree(headers), "headers");
        var type = headers.get("type");
        var schema = EVENTS.get(type);
        if (schema == null) {
            var code = STEMS.contains(stem(type)) ? "unknown_version" : "unknown_type";
            throw new Unreadable(code, type.substring(0, Math.min(200, type.length())));
        }
        var data = json(value);
        check(schema, data, "data");
        var key = data.get(SCHEMAS.get("events").get(type).get("key").asText()).asText();
        if (!key.equals(headers.get("partitionkey"))) throw new Unreadable("invalid_event", "partitionkey differs from the data");
        return new BinEvent(headers.get("id"), type, key, Long.parseLong(headers.get("sequence")), data);
    }

    /** Returns key and sequence of a record, also when type or data cannot be read; empty when its headers lack them. */
    public static Optional<Place> place(Map<String, String> headers) {
        var key = headers.getOrDefault("partitionkey", "");
        var sequence = headers.getOrDefault("sequence", "");
        if (key.isEmpty() || !sequence.matches("0[0-9]{19}") || Long.parseLong(sequence) == 0) return Optional.empty();
        return Optional.of(new Place(key, Long.parseLong(sequence)));
    }

    private static void check(JsonSchema schema, JsonNode document, String where) throws Unreadable {
        var wrong = schema.validate(document);
        if (wrong.isEmpty()) return;
        var first = wrong.iterator().next();
        throw new Unreadable("invalid_event", where + first.getInstanceLocation() + ": " + first.getType());
    }

    private static JsonNode json(byte[] value) throws Unreadable {
        if (value == null || value.length == 0 || value.length > MAX_VALUE_BYTES) {
            throw new Unreadable("invalid_event", "data: empty or too large");
        }
        try {
            return JSON.readTree(text(value));
        } catch (IOException | StackOverflowError broken) {
            throw new Unreadable("invalid_event", "data: not JSON");
        }
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }

    private static String stem(String type) {
        return type.substring(0, Math.max(0, type.lastIndexOf('.')));
    }

    private static JsonSchema compiled(JsonNode schema) {
        var config = SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(schema, config);
    }

    private static JsonNode read(String resource) {
        try (InputStream found = Records.class.getResourceAsStream(resource)) {
            return JSON.readTree(found);
        } catch (IOException missing) {
            throw new UncheckedIOException(resource + " is not beside the classes", missing);
        }
    }
}
