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
 * The INTx interrupt. The SMMU's wired interrupts are edges; vfio's INTx is a level interrupt that
 * masks itself (VFIO_IRQ_INFO_AUTOMASKED). An edge signals the eventfd and masks the line until the
 * VMM unmasks it; edges that are raised meanwhile become one, which is signalled after the unmask.
 * Thread-safe; the monitor is a leaf: nothing is taken under it.
 *
 * <p>Mask and unmask by eventfd are refused with ENOTTY: QEMU requests them so that KVM can unmask,
 * and falls back to unmasking by message (hw/vfio/pci.c, vfio_intx_enable_kvm).
 */
final class IntxLine {

  private static final String EVENTFD = "anon_inode:[eventfd]";

  private final EmulatedConfigSpace config;
  private @Nullable EventFd trigger;
  private boolean masked;

  /** An edge that was raised and not signalled. */
  private boolean pending;

  /** An edge that was signalled and not unmasked. */
  private boolean signalled;

  IntxLine(EmulatedConfigSpace config) {
    this.config = config;
  }

  /** Raises an edge, which is signalled as soon as the guest has enabled the interrupt. */
  synchronized void raise() {
    pending = true;
    deliver();
  }

  /** Signals a pending edge if the guest has enabled the interrupt in the configuration space. */
  synchronized void configWritten() {
    deliver();
  }

  /**
   * Carries out DEVICE_SET_IRQS.
   *
   * @param descriptors that were sent with it; one that is used is removed
   * @return 0, or the errno to refuse with
   */
  synchronized int set(SetIrq request, List<Fd> descriptors) {
    return switch (request.when()) {
      case BY_EVENTFD -> byEventFd(request, descriptors);
      case NOT_AT_ALL -> trigger == null ? Errno.EINVAL.number() : 0;
      case NOW -> now(request);
    };
  }

  private int byEventFd(SetIrq request, List<Fd> descriptors) {
    if (descriptors.size() > 1) {
      return Errno.EINVAL.number();
    }
    if (request.action() != Request.IrqAction.TRIGGER) {
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

  private int now(SetIrq request) {
    if (trigger == null) {
      return Errno.EINVAL.number();
    }
    switch (request.action()) {
      case MASK -> masked = true;
      case UNMASK -> unmask();
      case TRIGGER -> signal(trigger);
    }
    return 0;
  }

  private void unmask() {
    masked = false;
    signalled = false;
    deliver();
  }

  /** Switches the interrupt off. A pending edge stays pending until the next eventfd is set. */
  synchronized void disable() {
    closeTrigger();
    masked = false;
    signalled = false;
    showStatus();
  }

  /** Drops pending edges, as a reset of the device does. The VMM's eventfd and mask stay. */
  synchronized void reset() {
    pending = false;
    signalled = false;
    showStatus();
  }

  synchronized void close() {
    closeTrigger();
  }

  private void deliver() {
    EventFd line = trigger;
    if (pending && line != null && !masked && !config.interruptDisabled() && signal(line)) {
      pending = false;
      signalled = true;
      masked = true;
    }
    showStatus();
  }

  private void showStatus() {
    config.interruptStatus(pending || signalled);
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

  /** A descriptor of another kind could block the writing thread. */
  private static boolean isEventFd(Fd descriptor) {
    try {
      Path link = Path.of("/proc/self/fd", Integer.toString(descriptor.number()));
      return Files.readSymbolicLink(link).toString().equals(EVENTFD);
    } catch (IOException unknown) {
      return false;
    }
  }
}
