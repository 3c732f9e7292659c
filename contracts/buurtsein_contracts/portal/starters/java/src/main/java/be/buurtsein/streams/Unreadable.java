package be.buurtsein.streams;

/** A record that is not an event this program can read; {@code detail} holds no data of the record. */
public final class Unreadable extends Exception {
    /** {@code unknown_type}, {@code unknown_version} or {@code invalid_event}. */
    public final String code;
    public final String detail;

    Unreadable(String code, String detail) {
        super(code + ": " + detail);
        this.code = code;
        this.detail = detail;
    }
}
