package io.vsmmu.recordings.qemu;

/** Every bound of the import. Memory use follows from these and never from the file's size. */
public final class TraceLimits {

  /** Bytes of a line that are kept; the rest of a longer line is dropped and the line counted. */
  public static final int LINE_BYTES = 8192;

  /** Lines held back until the first access to a vSMMU is known; further ones are only counted. */
  public static final int HELD_LINES = 16_384;

  /** Host calls held back per vIOMMU until it is known to which vSMMU it belongs. */
  public static final int HELD_HOST_CALLS = 1024;

  /**
   * Commands of one guest access held back until the trace tells which register it wrote. Above it
   * the commands are handed on before the register write.
   */
  public static final int HELD_COMMANDS = 65_536;

  /** vSMMUs in one recording; further ones are not told apart. */
  public static final int VSMMUS = 64;

  /** Kernel objects (ids of one iommufd) known at a time. */
  public static final int KERNEL_OBJECTS = 65_536;

  /** StreamIDs remembered per vSMMU. */
  public static final int STREAMS = 65_536;

  /** Consecutive lines that contradict the only vSMMU known, before it is taken as it now is. */
  public static final int LINES_BEFORE_RESYNC = 16;

  /** Commands that may be missing between two accesses of the only vSMMU known. */
  public static final int MISSING_COMMANDS = 64;

  /** Different warnings in a report; further ones are only counted. */
  public static final int WARNINGS = 64;

  /** Names of unknown trace events in a report; further ones are counted together. */
  public static final int LINE_KINDS = 256;

  private TraceLimits() {}
}
