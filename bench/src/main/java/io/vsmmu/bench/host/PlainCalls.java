package io.vsmmu.bench.host;

import io.vsmmu.host.uapi.Ioctl;
import io.vsmmu.host.uapi.Iommufd;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** System calls that the kernel answers at once, so that their time is the way into the kernel. */
final class PlainCalls {

  private static final int UNKNOWN_REQUEST = 0x3bff;

  private final NativeLoop c;
  private final Fd fd;

  PlainCalls(NativeLoop c, Fd fd) {
    this.c = c;
    this.fd = fd;
  }

  List<Rounds.Result> ppid() throws Exception {
    return new Rounds(
            List.of(
                Contender.c("C", c.loop("ppid")),
                Contender.java("JNR-FFI", () -> expect(JnrLibc.getppid() >= 0)),
                Contender.java("java.lang.foreign", () -> expect(ForeignLibc.getppid() >= 0))))
        .run();
  }

  /** An ioctl without an argument that no driver implements. */
  List<Rounds.Result> unknownRequest() throws Exception {
    return refused("unknown", UNKNOWN_REQUEST, MemorySegment.NULL, Errno.ENOTTY.number());
  }

  /** IOMMU_DESTROY of object 0, which never exists. */
  List<Rounds.Result> destroyNothing() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = arena.allocate(ValueLayout.JAVA_INT, 2);
      struct.set(ValueLayout.JAVA_INT, 0, (int) struct.byteSize());
      return refused("destroy", Ioctl.IOMMU_DESTROY.request(), struct, Errno.ENOENT.number());
    }
  }

  /** The same by {@code Iommufd.destroy}, with its structure and its result. */
  List<Rounds.Result> destroyTyped() throws Exception {
    Iommufd iommufd = Iommufd.over(KernelCalls.system(), fd);
    Iommufd jnr = Iommufd.over(new JnrCalls(), fd);
    return new Rounds(
            List.of(
                Contender.c("C", c.loop("destroy")),
                Contender.java("Iommufd.destroy", () -> expect(!iommufd.destroy(0).isOk())),
                Contender.java("the same over JNR-FFI", () -> expect(!jnr.destroy(0).isOk()))))
        .run();
  }

  private List<Rounds.Result> refused(String work, int request, MemorySegment struct, int errno)
      throws Exception {
    int number = fd.number();
    long address = struct.address();
    return new Rounds(
            List.of(
                Contender.c("C", c.loop(work)),
                Contender.java(
                    "DeviceCalls.ioctl",
                    () -> expect(DeviceCalls.ioctl(fd, request, struct) == -errno)),
                Contender.java(
                    "JNR-FFI", () -> expect(JnrLibc.ioctl(number, request, address) == -errno)),
                Contender.java(
                    "jffi, which is below JNR-FFI",
                    () -> expect(JffiLibc.ioctl(number, request, address) == -errno)),
                Contender.java(
                    "java.lang.foreign",
                    () -> expect(ForeignLibc.ioctl(number, request, address) == -errno))))
        .run();
  }

  private static void expect(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("the kernel does not answer as it should");
    }
  }
}
