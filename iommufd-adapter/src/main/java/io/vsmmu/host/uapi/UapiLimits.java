package io.vsmmu.host.uapi;

/** Limits of the requests to the kernel. */
public final class UapiLimits {

  /**
   * Entries of an invalidation batch for which memory is kept; memory for a longer batch is
   * allocated for that batch.
   */
  public static final int KEPT_INVALIDATION_ENTRIES = 4096;

  /** Most vEVENTs of one read; the others are read next time. */
  public static final int VEVENTS_PER_READ = 256;

  /** IOVA ranges that the first request has room for; a second request has room for all of them. */
  public static final int IOVA_RANGES_AT_FIRST = 64;

  /** Most IOVA ranges that are read of an IOAS; EMSGSIZE when there are more. */
  public static final int IOVA_RANGES = 4096;

  /** Most devices of one slot or bus whose device objects are read; ENOSPC when there are more. */
  public static final int HOT_RESET_DEVICES = 512;

  private UapiLimits() {}
}
