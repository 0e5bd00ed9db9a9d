package io.vsmmu.host.simulated;

/**
 * The HWPT that a device is attached to, and its effect on the device's DMA.
 *
 * @param hwptId id of the HWPT the device is attached to
 * @param kind the effect of that HWPT
 * @param ste0 bits 63:0 of the vSTE of a nested HWPT, else 0
 * @param ste1 bits 127:64 of the vSTE of a nested HWPT without EATS, else 0
 */
public record Attachment(int hwptId, Kind kind, long ste0, long ste1) {

  /** The effect of an HWPT on DMA. */
  public enum Kind {
    /** An HWPT over an IOAS: stage 2 alone translates. */
    STAGE_2,
    /**
     * A nested HWPT that aborts DMA. A vSTE that is ILLEGAL does so too, and the SMMU then records
     * an event.
     */
    ABORT,
    /** A nested HWPT that bypasses stage 1. */
    BYPASS,
    /** A nested HWPT that translates by the guest's stage 1. */
    TRANSLATE
  }
}
