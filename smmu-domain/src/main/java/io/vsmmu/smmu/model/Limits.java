package io.vsmmu.smmu.model;

/** Every bound of the state machine. */
public final class Limits {

  /** Entries of the command queue in one stimulus. */
  public static final int SLICE_ENTRIES = 4096;

  /** Fault records in one stimulus; further ones count as lost. */
  public static final int FAULT_RECORDS = 1024;

  /** Page requests in one stimulus; further ones count as lost. */
  public static final int PAGE_REQUESTS = 1024;

  /** Regions of guest memory that a VMM shares; further ones have no effect. */
  public static final int MEMORY_REGIONS = 1024;

  /** Characters of the reason why a VMM went away; the rest is cut off. */
  public static final int REASON_CHARS = 200;

  /** Lines of a foreign trace in one stimulus. */
  public static final int KEPT_LINES = 256;

  /** Register reads or host calls of a foreign trace in one stimulus. */
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
   * Streams that are kept in mind, 256 more with a device at most: a CFGI_STE for a further
   * StreamID without a device has no effect.
   */
  public static final int STREAMS = 4096;

  /**
   * STEs that one slice of the command queue may make the SMMU look at again; a single command may
   * cover all {@link #STREAMS}.
   */
  public static final int RECONFIGURATIONS = 512;

  /**
   * STEs without a device that one range invalidation of a live guest looks at again and that
   * changed. With more of them the range's streams without a device are kept in mind no longer
   * until CFGI_STE names them: few bytes of a guest (an L1STD, STRTAB_BASE) can change all {@link
   * #STREAMS}.
   */
  public static final int RANGE_CHANGES = 8;

  /**
   * Most bytes of encoded events for each byte that a guest writes: registers, entries of its
   * command queue, STEs and L1STDs. What devices and the host do comes on top, with what moves
   * them: {@link #LOG_BYTES_PER_MOVE}.
   */
  public static final int LOG_BYTES_PER_GUEST_BYTE = 128;

  /**
   * Most bytes of encoded events for each device that one write of a guest moves from one HWPT to
   * another, with the STE fetched for it.
   */
  public static final int LOG_BYTES_PER_MOVE = 512;

  /**
   * Events that follow from one stimulus: every stream looked at may move its group. A host's
   * outcome has one more for each operation that failed.
   */
  public static final int CONSEQUENCES = RECONFIGURATIONS * GROUP_DEVICES + 1;

  /** Reasons that a health report names; further ones are only counted. */
  public static final int HEALTH_REASONS = 16;

  private Limits() {}
}
