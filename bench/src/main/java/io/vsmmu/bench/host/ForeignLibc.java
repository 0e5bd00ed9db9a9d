package io.vsmmu.bench.host;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The C library through {@code java.lang.foreign}: plain calls, none of them critical. */
final class ForeignLibc {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle GETPPID =
      handle("getppid", FunctionDescriptor.of(ValueLayout.JAVA_INT));
  private static final MethodHandle IOCTL =
      handle(
          "ioctl",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG),
          Linker.Option.firstVariadicArg(2),
          Linker.Option.captureCallState("errno"));
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  /** Memory for errno; only one thread measures. */
  private static final MemorySegment STATE =
      Arena.global().allocate(Linker.Option.captureStateLayout());

  private ForeignLibc() {}

  @SuppressWarnings("restricted")
  private static MethodHandle handle(
      String name, FunctionDescriptor types, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), types, options);
  }

  static int getppid() {
    try {
      return (int) GETPPID.invokeExact();
    } catch (Throwable never) {
      throw new IllegalStateException(never);
    }
  }

  /** The result, or the negated errno. */
  static int ioctl(int fd, int request, long argument) {
    try {
      int result = (int) IOCTL.invokeExact(STATE, fd, Integer.toUnsignedLong(request), argument);
      return result < 0 ? -(int) ERRNO.get(STATE, 0L) : result;
    } catch (Throwable never) {
      throw new IllegalStateException(never);
    }
  }
}
