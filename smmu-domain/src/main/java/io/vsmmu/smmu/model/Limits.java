package io.vsmmu.smmu.model;

/** The limits of the state machine, and what happens when they are reached. */
public final class Limits {

  /** Entries of the command queue in one stimulus. */
  public static final int SLICE_ENTRIES = 4096;

  /** Fault records in one stimulus; further ones count as lost. */
  public static final int FAULT_RECORDS = 1024;

  /** Page requests in one stimulus; further ones count as lost. */
  public static final int PAGE_REQUESTS = 1024;

  /** Regions of guest memory that a VMM shares; further ones have no effect. */
  public static final int MEMORY_REGIONS = 1024;

  /**
   * UTF-16 code units of a text for people: why a VMM disconnected, or which input was changed; the
   * rest is cut off.
   */
  public static final int REASON_CHARS = 200;

  /** Lines of a QEMU trace in one stimulus. */
  public static final int KEPT_LINES = 256;

  /** Register reads or host calls of a QEMU trace in one stimulus. */
  public static final int OBSERVATIONS = 1024;

  /** Hardware queues of one vSMMU: the map of their errors has a bit for each. */
  public static final int HARDWARE_QUEUES = 128;

  /** Bytes of the shortest hardware queue: two commands. */
  public static final int HARDWARE_QUEUE_BYTES = 32;

  /** Bytes of a command (IHI 0070, 4). */
  public static final int COMMAND_BYTES = 16;

  /** Host devices behind one vSMMU. */
  public static final int DEVICES = 256;

  /** Host devices of one iommu group behind one vSMMU: each move of one moves all. */
  public static final int GROUP_DEVICES = 32;

  /**
   * Streams in the state, and up to 256 more that have a device. A CFGI_STE for a further StreamID
   * without a device has no effect.
   */
  public static final int STREAMS = 4096;

  /**
   * STEs that one slice of the command queue may make the SMMU use again; a single command may
   * cover all {@link #STREAMS}.
   */
  public static final int RECONFIGURATIONS = 512;

  /**
   * Changed STEs without a device that one range invalidation of a live guest records. If there are
   * more, the range's streams without a device leave the state until a CFGI_STE names them: a few
   * bytes of a guest (an L1STD, STRTAB_BASE) can change all {@link #STREAMS}.
   */
  public static final int RANGE_CHANGES = 8;

  /**
   * Most bytes of encoded events for each byte that a guest writes: registers, entries of its
   * command queue, STEs and L1STDs. Events of devices and of the host are not included, nor is
   * moving a device: {@link #LOG_BYTES_PER_MOVE}.
   */
  public static final int LOG_BYTES_PER_GUEST_BYTE = 128;

  /**
   * Most bytes of encoded events for each device that one write of a guest moves from one HWPT to
   * another, with the STE fetched for it.
   */
  public static final int LOG_BYTES_PER_MOVE = 512;

  /**
   * Events that follow from one stimulus: every STE that is used again may move a group. A host's
   * outcome has one more for each operation that failed.
   */
  public static final int CONSEQUENCES = RECONFIGURATIONS * GROUP_DEVICES + 1;

  /** Reasons in a health report, the newest; all are counted. */
  public static final int HEALTH_REASONS = 16;

  private Limits() {}

  /** The first {@link #REASON_CHARS} code units, or one less to keep a surrogate pair whole. */
  static String cut(String text) {
    if (text.length() <= REASON_CHARS) {
      return text;
    }
    boolean within = Character.isHighSurrogate(text.charAt(REASON_CHARS - 1));
    return text.substring(0, REASON_CHARS - (within ? 1 : 0));
  }
}
