package io.vsmmu.vfiouser;

import io.vsmmu.posix.Errno;
import io.vsmmu.vfiouser.MessageLayout.Header;
import io.vsmmu.vfiouser.MessageLayout.IrqSet;
import io.vsmmu.vfiouser.Request.DisableIrqs;
import io.vsmmu.vfiouser.Request.IrqAction;
import io.vsmmu.vfiouser.Request.IrqWhen;
import io.vsmmu.vfiouser.Request.SetIrq;
import io.vsmmu.vfiouser.RequestDecoder.Refusal;
import java.nio.ByteBuffer;

/**
 * Decodes DEVICE_SET_IRQS by the rules of the kernel: exactly one kind of data and one action, a
 * range of existing interrupts (drivers/vfio/vfio_main.c, vfio_set_irqs_validate_and_prepare), and
 * a count of 0 only with DATA_NONE and TRIGGER, which switches the interrupt off
 * (drivers/vfio/pci/vfio_pci_intrs.c, vfio_pci_set_intx_trigger).
 */
final class IrqSetDecoder {

  private static final int BODY = Header.BYTES;
  private static final Refusal INVALID = new Refusal(Errno.EINVAL.number());

  private IrqSetDecoder() {}

  static RequestDecoder.Decoded decode(ByteBuffer message) {
    if (RequestDecoder.lacks(message, IrqSet.BYTES, IrqSet.BYTES)) {
      return INVALID;
    }
    int flags = IrqSet.FLAGS.getInt(message, BODY);
    int data = flags & IrqSet.DATA_MASK;
    int action = flags & IrqSet.ACTIONS_MASK;
    if (flags != (data | action) || Integer.bitCount(data) != 1 || Integer.bitCount(action) != 1) {
      return INVALID;
    }
    int interrupts = DeviceDescription.interrupts(IrqSet.INDEX.get(message, BODY));
    long start = IrqSet.START.get(message, BODY);
    long count = IrqSet.COUNT.get(message, BODY);
    if (start >= interrupts || start + count > interrupts) {
      return INVALID;
    }
    if (count == 0) {
      boolean disable = flags == (IrqSet.DATA_NONE | IrqSet.ACTION_TRIGGER);
      return disable ? new DisableIrqs() : INVALID;
    }
    return request(message, data, action);
  }

  private static RequestDecoder.Decoded request(ByteBuffer message, int data, int action) {
    int withFlag = IrqSet.BYTES + 1;
    if (data == IrqSet.DATA_BOOL && RequestDecoder.lacks(message, withFlag, withFlag)) {
      return INVALID;
    }
    IrqWhen when =
        switch (data) {
          case IrqSet.DATA_NONE -> IrqWhen.NOW;
          case IrqSet.DATA_EVENTFD -> IrqWhen.BY_EVENTFD;
          default -> message.get(BODY + IrqSet.BYTES) == 0 ? IrqWhen.NOT_AT_ALL : IrqWhen.NOW;
        };
    return new SetIrq(action(action), when);
  }

  private static IrqAction action(int flag) {
    return switch (flag) {
      case IrqSet.ACTION_MASK -> IrqAction.MASK;
      case IrqSet.ACTION_UNMASK -> IrqAction.UNMASK;
      default -> IrqAction.TRIGGER;
    };
  }
}
