package io.vsmmu.platform;

/** Bounds that all of the package's functions share. */
public final class PlatformLimits {

  /** Reasons that one refusal names. */
  public static final int REASONS = 64;

  /** vSMMUs of one virtual machine. */
  public static final int VSMMUS = 64;

  private PlatformLimits() {}
}
