package io.vsmmu.posix;

/** Who we are for the kernel. */
public final class ProcessIdentity {

  private ProcessIdentity() {}

  /** Our effective user id. */
  public static int effectiveUid() {
    return Libc.CALLS.geteuid();
  }
}
