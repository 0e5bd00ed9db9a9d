package io.vsmmu.gateway.device;

import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.RegisterAccess;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a guest reads, from memory, whatever the log and the host are doing. A write is seen by the
 * read that follows it, as IHI 0070, 6.2 demands; that it has taken effect (CR0ACK, IRQ_CTRLACK,
 * GBPA.Update, CMDQ_CONS) is only seen once it is durable and applied.
 */
final class RegisterView {

  /** No doorbell since the last reset. */
  private static final long NO_PROD = -1;

  private final Deque<Access> pending = new ArrayDeque<>();
  private volatile VsmmuState visible;

  /** The visible state with what is pending; null when nothing is. */
  private volatile @Nullable VsmmuState front;

  private volatile boolean gbpaPending;
  private volatile boolean resetPending;
  private volatile long prod = NO_PROD;

  RegisterView(VsmmuState visible) {
    this.visible = visible;
  }

  /** What a read of {@code width} bytes at {@code offset} gives; 0 where nothing lies. */
  long read(int offset, int width) {
    VsmmuState withPending = front;
    if (offset == Register.CMDQ_PROD.offset() && width == Integer.BYTES) {
      long newest = prod;
      return newest == NO_PROD
          ? (withPending == null ? visible : withPending).read(offset, width)
          : newest;
    }
    return withPending == null
        ? visible.read(offset, width)
        : readPending(withPending, offset, width);
  }

  /** The state that the guest may see. */
  VsmmuState visible() {
    return visible;
  }

  /** Whether the VMM has asked for a reset that has not happened yet. */
  boolean awaitsReset() {
    return resetPending;
  }

  /** The guest may see more. */
  synchronized void changed(VsmmuState now) {
    if (now.events() >= visible.events()) {
      visible = now;
      fold();
      notifyAll();
    }
  }

  /** Waits until the guest may see more, at most {@code longest}. */
  synchronized void awaitChange(Duration longest) {
    try {
      wait(longest.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The guest did something that has not taken effect yet. */
  synchronized void began(Access access) {
    switch (access) {
      case Access.Doorbell(long value) -> prod = value & TableFields.WR.mask();
      case Access.RegisterWrite _ -> hold(access);
      case Access.Reset _ -> {
        prod = NO_PROD;
        hold(access);
      }
      // What the VMM shares is seen in IDR0.MSI, by the guest's first read already.
      case Access.Told _ -> hold(access);
    }
  }

  /** The oldest thing that began has taken effect. */
  synchronized void took(Access access) {
    if (access.equals(pending.peek())) {
      pending.poll();
      fold();
    }
  }

  private void hold(Access access) {
    pending.add(access);
    VsmmuState before = front;
    front = after(before == null ? visible : before, access);
  }

  private void fold() {
    gbpaPending = false;
    resetPending = false;
    VsmmuState state = visible;
    for (Access access : pending) {
      state = after(state, access);
    }
    front = pending.isEmpty() ? null : state;
  }

  private VsmmuState after(VsmmuState state, Access access) {
    return switch (access) {
      case Access.RegisterWrite write -> {
        gbpaPending |= write.offset() == Register.GBPA.offset();
        yield decided(
            state,
            new Stimulus.WriteRegister(write.offset(), write.width(), write.value(), List.of()));
      }
      case Access.Reset _ -> {
        resetPending = true;
        gbpaPending = false;
        yield decided(state, new Stimulus.Reset(Stimulus.ResetSource.VMM));
      }
      case Access.Told(Stimulus stimulus) -> decided(state, stimulus);
      case Access.Doorbell _ -> state;
    };
  }

  private static VsmmuState decided(VsmmuState state, Stimulus stimulus) {
    return Vsmmu.decide(state, stimulus) instanceof Decision.Accepted accepted
        ? accepted.after()
        : state;
  }

  private long readPending(VsmmuState withPending, int offset, int width) {
    Optional<RegisterAccess> access = Register.at(offset, width);
    if (access.isEmpty()) {
      return 0;
    }
    Register register = access.get().register();
    return switch (register) {
      case CR0ACK, IRQ_CTRLACK -> resetPending ? 0 : visible.read(offset, width);
      case GBPA ->
          withPending.read(offset, width) | (gbpaPending ? ControlFields.GBPA_UPDATE.mask() : 0);
      default -> withPending.read(offset, width);
    };
  }
}
