package io.vsmmu.bench.host;

import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import jnr.ffi.Runtime;

/** The C library through plain JNR-FFI. */
final class JnrLibc {

  /** Public because the class that JNR-FFI generates implements it. */
  public interface Calls {
    int getppid();

    int ioctl(int fd, long request, long argument);
  }

  private static final Calls CALLS;
  private static final Runtime RUNTIME;

  static {
    // The setting of the module posix; it must precede the loading of JNR-FFI.
    System.setProperty("jnr.ffi.x86asm.enabled", "false");
    CALLS =
        LibraryLoader.create(Calls.class)
            .load(Platform.getNativePlatform().getStandardCLibraryName());
    RUNTIME = Runtime.getRuntime(CALLS);
  }

  private JnrLibc() {}

  static int getppid() {
    return CALLS.getppid();
  }

  /** The result, or the negated errno. */
  static int ioctl(int fd, int request, long argument) {
    int result = CALLS.ioctl(fd, Integer.toUnsignedLong(request), argument);
    return result < 0 ? -LastError.getLastError(RUNTIME) : result;
  }
}
