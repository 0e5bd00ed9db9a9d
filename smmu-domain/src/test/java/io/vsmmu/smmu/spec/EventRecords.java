package io.vsmmu.smmu.spec;

/** Event records as a host reports them. */
public final class EventRecords {

  private EventRecords() {}

  public static EventRecord badStreamId(int sid) {
    return EventRecord.of(EventType.C_BAD_STREAMID, sid);
  }

  public static EventRecord badSte(int sid) {
    return EventRecord.of(EventType.C_BAD_STE, sid);
  }

  /** The record with SSV and this SubstreamID. */
  public static EventRecord withSubstream(EventRecord record, int ssid) {
    return record.with(EventFields.SSV, 1).with(EventFields.SUBSTREAM_ID, ssid);
  }
}
