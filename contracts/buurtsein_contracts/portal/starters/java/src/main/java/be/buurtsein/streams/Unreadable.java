package be.buurtsein.streams;

/** Thrown for a record that this program cannot read; {@code detail} contains no data of the record. */
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
