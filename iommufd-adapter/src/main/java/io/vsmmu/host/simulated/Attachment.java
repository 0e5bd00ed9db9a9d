package io.vsmmu.host.simulated;

/**
 * What a device's DMA meets.
 *
 * @param hwptId id of the HWPT the device is attached to
 * @param kind what that HWPT does
 * @param ste0 bits 63:0 of the vSTE of a nested HWPT, else 0
 * @param ste1 bits 127:64 of the vSTE of a nested HWPT without EATS, else 0
 */
public record Attachment(int hwptId, Kind kind, long ste0, long ste1) {

  /** What an HWPT does to DMA. */
  public enum Kind {
    /** Stage 2 only, an HWPT over an IOAS. */
    STAGE_2,
    /** Nested, aborts; an ILLEGAL vSTE does, too, and its DMA is recorded. */
    ABORT,
    /** Nested, stage 1 bypassed. */
    BYPASS,
    /** Nested, stage 1 of the guest. */
    TRANSLATE
  }
}
