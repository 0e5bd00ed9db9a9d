package io.vsmmu.posix;

/** Who we are for the kernel. */
public final class ProcessIdentity {

  private ProcessIdentity() {}

  /** Permissions of the group and of others. */
  private static final int OTHERS = 077;

  /**
   * From now on what this process makes, or a child of it, is for its owner alone, unless it is
   * given another mode: umask(2).
   */
  public static void keepFilesPrivate() {
    Libc.CALLS.umask(OTHERS);
  }

  /** Our effective user id. */
  public static int effectiveUid() {
    return Libc.CALLS.geteuid();
  }
}
