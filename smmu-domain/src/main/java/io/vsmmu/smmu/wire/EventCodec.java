package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.VsmmuEvent;

/**
 * Writes events as payloads, the bytes that the log stores, and reads them back. Later versions
 * read what this version writes, and equal events give equal bytes. Thread-safe.
 */
public final class EventCodec {

  /**
   * The revision of payloads that is written, and the latest that is read. A field that reads, when
   * absent, as what was true before it existed needs no other revision.
   */
  private static final int REVISION = 1;

  private EventCodec() {}

  /** The number of the event's type. */
  public static int typeOf(VsmmuEvent event) {
    return EventKind.of(event).number();
  }

  /** The name of a type, as the REST API shows it; {@code UNKNOWN_n} if no type has the number. */
  public static String nameOf(int type) {
    return type == SnapshotCodec.TYPE
        ? SnapshotCodec.NAME
        : EventKind.of(type).map(EventKind::label).orElseGet(() -> "UNKNOWN_" + type);
  }

  /** The payload of an event, a new array. */
  public static byte[] encode(VsmmuEvent event) {
    WireWriter out = new WireWriter();
    encode(event, out);
    return out.toBytes();
  }

  /** Appends the payload of an event to {@code out}, which a caller with many events reuses. */
  public static void encode(VsmmuEvent event, WireWriter out) {
    EventKind kind = EventKind.of(event);
    out.revision(REVISION);
    kind.codec().write(out, event);
  }

  /**
   * The event that a payload holds.
   *
   * @param type the number of its type
   * @throws MalformedEventException if no event has this number, if the payload is damaged, or if a
   *     later version wrote it in a way that this one cannot read
   */
  public static VsmmuEvent decode(int type, byte[] payload) {
    EventKind kind =
        EventKind.of(type)
            .orElseThrow(
                () -> new MalformedEventException(nameOf(type), "", 0, "no event has this type"));
    WireReader in = new WireReader(kind.label(), payload);
    in.revision(REVISION);
    return kind.codec().read(in);
  }
}
