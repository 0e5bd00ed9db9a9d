package io.vsmmu.vfiouser;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.EventFd;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.vfiouser.Request.SetIrq;
import io.vsmmu.vfiouser.pci.EmulatedConfigSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The INTx interrupt: edges of ours made into what vfio calls an automasked level interrupt. An
 * edge is told by the eventfd and masks the line until the VMM unmasks it; edges that come
 * meanwhile are one that is told then. Thread-safe.
 *
 * <p>Mask and unmask by eventfd are refused with ENOTTY: QEMU asks for it to let KVM unmask, and
 * falls back to unmasking by message.
 */
final class IntxLine {

  private static final String EVENTFD = "anon_inode:[eventfd]";

  private final EmulatedConfigSpace config;
  private @Nullable EventFd trigger;
  private boolean masked;
  private boolean waiting;
  private boolean told;

  IntxLine(EmulatedConfigSpace config) {
    this.config = config;
  }

  /** An edge. */
  synchronized void raise() {
    waiting = true;
    deliver();
  }

  /** The guest wrote the configuration space and may have enabled the interrupt. */
  synchronized void configWritten() {
    deliver();
  }

  /**
   * An order of the VMM.
   *
   * @param descriptors that came with it; one that is used is removed
   * @return 0, or the errno to refuse with
   */
  synchronized int set(SetIrq order, List<Fd> descriptors) {
    return switch (order.when()) {
      case BY_EVENTFD -> byEventFd(order, descriptors);
      case NOT_AT_ALL -> trigger == null ? Errno.EINVAL.number() : 0;
      case NOW -> now(order);
    };
  }

  private int byEventFd(SetIrq order, List<Fd> descriptors) {
    if (descriptors.size() > 1) {
      return Errno.EINVAL.number();
    }
    if (order.action() != Request.IrqAction.TRIGGER) {
      return Errno.ENOTTY.number();
    }
    if (!descriptors.isEmpty() && !isEventFd(descriptors.getFirst())) {
      return Errno.EINVAL.number();
    }
    closeTrigger();
    if (!descriptors.isEmpty()) {
      trigger = EventFd.over(descriptors.removeFirst());
      deliver();
    }
    return 0;
  }

  private int now(SetIrq order) {
    if (trigger == null) {
      return Errno.EINVAL.number();
    }
    switch (order.action()) {
      case MASK -> masked = true;
      case UNMASK -> unmask();
      case TRIGGER -> signal(trigger);
    }
    return 0;
  }

  private void unmask() {
    masked = false;
    told = false;
    deliver();
  }

  /** The VMM wants no INTx any more; an edge that waits goes on waiting for the next eventfd. */
  synchronized void disable() {
    closeTrigger();
    masked = false;
    told = false;
    showStatus();
  }

  /** The device is reset: nothing waits any more. What the VMM ordered stays. */
  synchronized void reset() {
    waiting = false;
    told = false;
    showStatus();
  }

  /** The connection is over. */
  synchronized void close() {
    closeTrigger();
  }

  private void deliver() {
    EventFd line = trigger;
    if (waiting && line != null && !masked && !config.interruptDisabled() && signal(line)) {
      waiting = false;
      told = true;
      masked = true;
    }
    showStatus();
  }

  private void showStatus() {
    config.interruptStatus(waiting || told);
  }

  private boolean signal(EventFd line) {
    try {
      line.signal();
      return true;
    } catch (PosixException unusable) {
      closeTrigger();
      return false;
    }
  }

  private void closeTrigger() {
    if (trigger != null) {
      trigger.close();
      trigger = null;
    }
  }

  private static boolean isEventFd(Fd descriptor) {
    try {
      Path link = Path.of("/proc/self/fd", Integer.toString(descriptor.number()));
      return Files.readSymbolicLink(link).toString().equals(EVENTFD);
    } catch (IOException unknown) {
      return false;
    }
  }
}
