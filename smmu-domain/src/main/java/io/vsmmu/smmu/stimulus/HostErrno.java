package io.vsmmu.smmu.stimulus;

import java.util.Map;

/**
 * Names of the error numbers with which a host refuses an operation, for texts
 * (include/uapi/asm-generic/errno-base.h and errno.h; 524 is kernel-internal,
 * include/linux/errno.h).
 */
public final class HostErrno {

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "EPERM"),
          Map.entry(2, "ENOENT"),
          Map.entry(3, "ESRCH"),
          Map.entry(4, "EINTR"),
          Map.entry(5, "EIO"),
          Map.entry(6, "ENXIO"),
          Map.entry(7, "E2BIG"),
          Map.entry(9, "EBADF"),
          Map.entry(11, "EAGAIN"),
          Map.entry(12, "ENOMEM"),
          Map.entry(13, "EACCES"),
          Map.entry(14, "EFAULT"),
          Map.entry(16, "EBUSY"),
          Map.entry(17, "EEXIST"),
          Map.entry(18, "EXDEV"),
          Map.entry(19, "ENODEV"),
          Map.entry(22, "EINVAL"),
          Map.entry(23, "ENFILE"),
          Map.entry(24, "EMFILE"),
          Map.entry(25, "ENOTTY"),
          Map.entry(27, "EFBIG"),
          Map.entry(28, "ENOSPC"),
          Map.entry(32, "EPIPE"),
          Map.entry(33, "EDOM"),
          Map.entry(34, "ERANGE"),
          Map.entry(35, "EDEADLK"),
          Map.entry(38, "ENOSYS"),
          Map.entry(71, "EPROTO"),
          Map.entry(75, "EOVERFLOW"),
          Map.entry(77, "EBADFD"),
          Map.entry(90, "EMSGSIZE"),
          Map.entry(95, "EOPNOTSUPP"),
          Map.entry(98, "EADDRINUSE"),
          Map.entry(105, "ENOBUFS"),
          Map.entry(110, "ETIMEDOUT"),
          Map.entry(114, "EALREADY"),
          Map.entry(115, "EINPROGRESS"),
          Map.entry(125, "ECANCELED"),
          Map.entry(524, "ENOTSUPP"));

  private HostErrno() {}

  /**
   * Name and number, such as {@code ENOENT (errno 2)}; {@code errno 4095} for one without a name.
   */
  public static String text(int errno) {
    String name = NAMES.get(errno);
    return name == null ? "errno " + errno : "%s (errno %d)".formatted(name, errno);
  }
}
