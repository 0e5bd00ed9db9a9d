package io.vsmmu.posix;

/** The effective user of this process, and the permissions of the files that it creates. */
public final class ProcessIdentity {

  /** The permissions of group and others. */
  private static final int GROUP_AND_OTHERS = 077;

  private ProcessIdentity() {}

  /**
   * Sets the umask(2) of this process and its future children to 077, so that new files are
   * accessible to their owner only, unless their mode is changed afterwards.
   */
  public static void keepFilesPrivate() {
    Libc.CALLS.umask(GROUP_AND_OTHERS);
  }

  /** geteuid(2): the user whose rights this process has, which owns the files that it creates. */
  public static int effectiveUid() {
    return Libc.CALLS.geteuid();
  }
}
