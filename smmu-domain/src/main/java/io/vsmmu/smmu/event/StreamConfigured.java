package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;
import java.util.Optional;

/**
 * A stream was configured, or configured again.
 *
 * @param configuration what the guest configured: its STE's, or GBPA's while it has none
 * @param effective what transactions meet from here on; differs from {@code configuration} while
 *     the SMMU is disabled, and when the host failed
 * @param ste meaningless as far as {@code completeness} says that it is unknown
 * @param completeness which bits of {@code ste} are known; none if it was not read ({@link
 *     UnknownSte})
 * @param reason why it was configured
 * @param entry index within the slice of the command that asked for it, or -1
 * @param hwpt logical handle of the HWPT that the device is attached to; 0 without a device
 * @param allocatesHwpt whether {@code hwpt} is made by this event
 * @param fault the fault that was found when the STE was fetched, as the event type that a
 *     transaction causes while the SMMU is enabled (IHI 0070, 7.3), for example 0x04 C_BAD_STE; 0
 *     when none
 * @param hostWord0 first word of the vSTE that the host gets for a HWPT made here; else 0
 * @param hostWord1 second word of it
 * @param freesHwpt logical handle of the nested HWPT that is destroyed after the attach; 0 when
 *     none
 */
public record StreamConfigured(
    int streamId,
    StreamBehaviour configuration,
    StreamBehaviour effective,
    StreamTableEntry ste,
    Completeness completeness,
    Reason reason,
    int entry,
    int fault,
    long hwpt,
    boolean allocatesHwpt,
    long hostWord0,
    long hostWord1,
    long freesHwpt)
    implements Consequence {

  public enum Reason {
    /** The guest submitted CMD_CFGI_STE for the stream. */
    CFGI_STE,
    /** CMD_CFGI_STE_RANGE or CMD_CFGI_ALL of the guest. */
    CFGI_STE_RANGE,
    /** CR0.SMMUEN became 1: the STE applies. */
    SMMU_ENABLED,
    /** CR0.SMMUEN became 0: GBPA applies. */
    SMMU_DISABLED,
    /** GBPA was updated while the SMMU was disabled. */
    GBPA_UPDATED,
    /** The SMMU was reset; a stream without a device is forgotten. */
    RESET,
    DEVICE_ATTACHED,
    /**
     * Another device of the same iommu group was attached to another HWPT, and a group has one
     * HWPT.
     */
    GROUP_MOVED,
    /** The host refused an operation: the stream fails closed. */
    HOST_FAILURE,
    /** A recording shows that the stream was translated. */
    OBSERVED
  }

  public StreamConfigured {
    completeness = UnknownSte.known(ste, completeness, fault);
  }

  /**
   * Which bits of the STE are known, as the log stores it. An STE that was not read is stored as
   * zeros that are all known, as in every version; {@link UnknownSte#known} tells it apart.
   */
  public Completeness storedCompleteness() {
    boolean unread = unknownSte().filter(why -> why != UnknownSte.NOT_RECORDED).isPresent();
    boolean distinct = UnknownSte.known(ste, Completeness.FULL, fault) == completeness;
    return unread && distinct ? Completeness.FULL : completeness;
  }

  /** Why no bit of the STE is known; empty if some are. */
  public Optional<UnknownSte> unknownSte() {
    return UnknownSte.of(configuration, completeness, fault);
  }

  /**
   * The event type that a transaction causes from here on; 0 for none. While the SMMU is disabled
   * GBPA decides, and no transaction causes an event (IHI 0070, 6.3.14).
   */
  public int faultFromHereOn() {
    return reason == Reason.SMMU_DISABLED || reason == Reason.GBPA_UPDATED ? 0 : fault;
  }
}
