package io.vsmmu.host;

/**
 * One record read from a vEVENTQ: {@code struct iommufd_vevent_header}, and for a fault the 32-byte
 * event behind it.
 *
 * @see IommuContext#readVevents
 */
public sealed interface Vevent {

  /** Highest sequence number; the next one is 0. */
  int MAX_SEQUENCE = Integer.MAX_VALUE;

  /** {@code IOMMU_VEVENTQ_FLAG_LOST_EVENTS}, bit 0 of the header's flags. */
  int FLAG_LOST_EVENTS = 1;

  /** {@code iommufd_vevent_header.sequence}, 0..{@link #MAX_SEQUENCE}; a gap means lost events. */
  int sequence();

  /**
   * An event of the physical SMMU with the StreamID already replaced by the vSID (IHI 0070, 7.3).
   *
   * @param sequence sequence number
   * @param word0 bits 63:0 of the event record
   * @param word1 bits 127:64
   * @param word2 bits 191:128
   * @param word3 bits 255:192
   */
  record Fault(int sequence, long word0, long word1, long word2, long word3) implements Vevent {}

  /**
   * A header without an event: the queue was full and events were lost.
   *
   * @param sequence sequence number of the last lost event
   */
  record LostEvents(int sequence) implements Vevent {}
}
