package io.vsmmu.host.uapi;

/** The bounds of this package. */
public final class UapiLimits {

  /** Entries of an invalidation batch for which memory is kept; longer ones pay an allocation. */
  public static final int KEPT_INVALIDATION_ENTRIES = 4096;

  /** Most vEVENTs of one read. */
  public static final int VEVENTS_PER_READ = 256;

  /** Most page faults of one read. */
  public static final int PAGE_FAULTS_PER_READ = 256;

  /** IOVA ranges asked for at first. */
  public static final int IOVA_RANGES_AT_FIRST = 64;

  /** Most IOVA ranges taken from the kernel or given to it. */
  public static final int IOVA_RANGES = 4096;

  /** Most devices of one slot or bus whose device objects are asked for; ENOSPC beyond. */
  public static final int HOT_RESET_DEVICES = 512;

  private UapiLimits() {}
}
