package io.vsmmu.smmu.model;

/** Every bound of the state machine. */
public final class Limits {

  /** Entries of the command queue in one stimulus. */
  public static final int SLICE_ENTRIES = 4096;

  /** Fault records in one stimulus. */
  public static final int FAULT_RECORDS = 1024;

  /** Lines of a foreign trace in one stimulus. */
  public static final int KEPT_LINES = 256;

  /** Register reads or host calls of a foreign trace in one stimulus. */
  public static final int OBSERVATIONS = 1024;

  /** Host devices behind one vSMMU. */
  public static final int DEVICES = 256;

  /** Reasons that a health report names; further ones are only counted. */
  public static final int HEALTH_REASONS = 16;

  private Limits() {}
}
