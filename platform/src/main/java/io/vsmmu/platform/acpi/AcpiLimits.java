package io.vsmmu.platform.acpi;

/** Bounds of tables; a node of the IORT may have 65535 bytes. */
public final class AcpiLimits {

  /** ITS groups of one table. */
  public static final int ITS_GROUPS = 64;

  /** ITSs of one group. */
  public static final int ITS_OF_GROUP = 64;

  /** Root complexes of one table. */
  public static final int ROOT_COMPLEXES = 256;

  /** Ranges of requester IDs of one root complex; its node is 20 bytes longer with each. */
  public static final int ROUTES = 1024;

  /** Ranges of requester IDs of one table. */
  public static final int ALL_ROUTES = 2048;

  /** Ranges of StreamIDs of one RMR node. */
  public static final int RESERVED_STREAM_RANGES = 1024;

  /** Host bridges of one table. */
  public static final int BRIDGES = 256;

  /** Segments of an ACPI path. */
  public static final int PATH_SEGMENTS = 16;

  private AcpiLimits() {}
}
