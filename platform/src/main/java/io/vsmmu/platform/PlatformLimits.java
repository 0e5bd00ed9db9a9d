package io.vsmmu.platform;

/** Limits that all builders of the module share; input beyond them is refused. */
public final class PlatformLimits {

  /** Reasons in one refusal; further ones are dropped. */
  public static final int REASONS = 64;

  /** vSMMUs of one virtual machine. */
  public static final int VSMMUS = 64;

  private PlatformLimits() {}
}
