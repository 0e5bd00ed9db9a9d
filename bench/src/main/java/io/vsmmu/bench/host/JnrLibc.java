package io.vsmmu.bench.host;

import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import jnr.ffi.Runtime;

/** The C library through JNR-FFI and nothing around it. */
final class JnrLibc {

  /** Public because the class that JNR-FFI makes needs it. */
  public interface Calls {
    int getppid();

    int ioctl(int fd, long request, long argument);
  }

  private static final Calls CALLS;
  private static final Runtime RUNTIME;

  static {
    // As the project sets it, before anything of JNR-FFI is loaded.
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

  /** The result, or minus errno. */
  static int ioctl(int fd, int request, long argument) {
    int result = CALLS.ioctl(fd, Integer.toUnsignedLong(request), argument);
    return result < 0 ? -LastError.getLastError(RUNTIME) : result;
  }
}
