package io.vsmmu.bench.host;

import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Function;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;

/**
 * ioctl through jffi, the library below JNR-FFI. JNR-FFI uses jffi's calls with integer arguments
 * only on x86-64.
 */
final class JffiLibc {

  private static final Invoker INVOKER = Invoker.getInstance();
  private static final Function IOCTL =
      new Function(
          Library.getDefault().getSymbolAddress("ioctl"),
          Type.SINT32,
          new Type[] {Type.SINT32, Type.UINT64, Type.UINT64},
          CallingConvention.DEFAULT,
          true);

  private JffiLibc() {}

  /** The result, or the negated errno. */
  static int ioctl(int fd, int request, long argument) {
    int result =
        (int)
            INVOKER.invokeN3(
                IOCTL.getCallContext(),
                IOCTL.getFunctionAddress(),
                fd,
                Integer.toUnsignedLong(request),
                argument);
    return result < 0 ? -LastError.getInstance().get() : result;
  }
}
