package io.vsmmu.smmu.wire;

/** A stored payload cannot be read: it is damaged, or a later version wrote it. */
public final class MalformedEventException extends RuntimeException {

  private final String type;
  private final String field;
  private final int offset;

  /**
   * An error at one byte of a payload.
   *
   * @param type name of the event type
   * @param field numbers of the fields that enclose it, and its own, outermost first, separated by
   *     dots; empty before the first field
   * @param offset byte offset within the payload
   * @param problem what is wrong there
   */
  MalformedEventException(String type, String field, int offset, String problem) {
    super(
        "%s%s, byte %d: %s"
            .formatted(type, field.isEmpty() ? "" : " field " + field, offset, problem));
    this.type = type;
    this.field = field;
    this.offset = offset;
  }

  public String type() {
    return type;
  }

  /** Field numbers from the outermost inwards, separated by dots; empty outside of fields. */
  public String field() {
    return field;
  }

  /** Byte offset within the payload. */
  public int offset() {
    return offset;
  }
}
