package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * ioctl(2) through the JDK's linker. Every invalidation of a guest leads to this call, and only on
 * x86 can JNR-FFI call a function without copying its arguments through an array (ADR 12).
 */
final class IoctlCall {

  private static final String ERRNO_NAME = "errno";
  private static final int FIXED_ARGUMENTS = 2;
  private static final StructLayout STATE_LAYOUT = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement(ERRNO_NAME));
  private static final MethodHandle CALL = link();

  /** Per thread, the memory in which the linker saves errno when the call returns. */
  private static final ThreadLocal<MemorySegment> STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE_LAYOUT));

  private IoctlCall() {}

  @SuppressWarnings("restricted")
  private static MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("ioctl"),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG),
        Linker.Option.firstVariadicArg(FIXED_ARGUMENTS),
        Linker.Option.captureCallState(ERRNO_NAME));
  }

  /** The call's result, or the negated errno. */
  static int call(int fd, long request, long argument) {
    MemorySegment state = STATE.get();
    int result;
    try {
      result = (int) CALL.invokeExact(state, fd, request, argument);
    } catch (Throwable e) {
      throw new IllegalStateException("ioctl(2) throws nothing", e);
    }
    return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
  }
}
