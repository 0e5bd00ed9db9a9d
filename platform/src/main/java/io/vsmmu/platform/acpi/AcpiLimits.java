package io.vsmmu.platform.acpi;

/**
 * Limits of the tables; input beyond them is refused. They keep each node of the IORT below 65536
 * bytes, because its length field has 16 bits (DEN 0049E.d).
 */
public final class AcpiLimits {

  public static final int ITS_GROUPS = 64;

  public static final int ITS_OF_GROUP = 64;

  public static final int ROOT_COMPLEXES = 256;

  /** Ranges of requester IDs of one root complex; each adds 20 bytes to its node. */
  public static final int ROUTES = 1024;

  /** Ranges of requester IDs of one table. */
  public static final int ALL_ROUTES = 2048;

  /** Ranges of StreamIDs of one RMR node. */
  public static final int RESERVED_STREAM_RANGES = 1024;

  public static final int BRIDGES = 256;

  /** Segments (NameSegs) of an ACPI path. */
  public static final int PATH_SEGMENTS = 16;

  private AcpiLimits() {}
}
