package be.buurtsein.streams;

import com.fasterxml.jackson.databind.JsonNode;

/** One event; {@code data} is valid by the reader schema of its type. */
public record BinEvent(String id, String type, String key, long sequence, JsonNode data) {
    /** The data as one of the classes of {@code be.buurtsein.events}. */
    public <T> T as(Class<T> kind) {
        try {
            return Records.JSON.treeToValue(data, kind);
        } catch (com.fasterxml.jackson.core.JsonProcessingException wrong) {
            throw new IllegalStateException(kind.getSimpleName() + " does not follow the reader schema", wrong);
        }
    }
}
