package io.vsmmu.gateway.device;

import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.RegisterWritten.Verdict;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuReset;
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
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What a guest reads, from memory, whatever the log and the host are doing. A write is seen by the
 * read that follows it, as IHI 0070, 6.2 demands; that it has taken effect (CR0ACK, IRQ_CTRLACK,
 * GBPA.Update, CMDQ_CONS) is only seen once it is durable and applied, and never taken back.
 *
 * <p>A read looks at one immutable {@link Snapshot}: no other thread can change what it sees in the
 * middle, and it neither waits nor allocates. Accesses are numbered in the order in which the guest
 * made them and take effect in that order, so that "pending" is one comparison: a register whose
 * last access has a number beyond the last one that took effect.
 */
final class RegisterView {

  private static final Register[] REGISTERS = Register.values();

  /** The access that nobody made. */
  private static final long NONE = 0;

  /** By register: the last access that is pending or was, and that it takes its value from. */
  private final long[] touched = new long[REGISTERS.length];

  private final Deque<NumberedAccess> pending = new ArrayDeque<>();
  private long lastBegun = NONE;
  private long lastTook = NONE;
  private long lastReset = NONE;

  /** The visible state with all that is pending done; what registers follow it says the number. */
  private VsmmuState front;

  /** CMDQ_PROD as the last doorbell has it. */
  private long prod;

  private volatile Snapshot snapshot;

  RegisterView(VsmmuState visible) {
    front = visible;
    snapshot = new Snapshot(visible, visible, 0, 0, false);
  }

  /**
   * An access with its number: the guest's first one has 1. What the guest does not see, such as an
   * error of an interrupt that is reported to the log, has {@link #NONE}.
   */
  record NumberedAccess(long number, Access access) {

    /** Something that changes nothing of what the guest reads before it is in the log. */
    static NumberedAccess unseen(Access access) {
      return new NumberedAccess(NONE, access);
    }
  }

  /**
   * What a guest reads at one moment.
   *
   * @param visible the state that is durable and applied
   * @param front {@code visible} with all that is pending done
   * @param pending by ordinal, a bit for each register that is read from {@code front}
   * @param prod CMDQ_PROD while a doorbell is pending
   * @param reset whether a reset is pending: nothing that began before it can be acknowledged
   */
  private record Snapshot(
      VsmmuState visible, VsmmuState front, long pending, long prod, boolean reset) {

    boolean isPending(Register register) {
      return (pending & bit(register)) != 0;
    }

    long read(int offset, int width) {
      if (pending == 0 && !reset) {
        return visible.read(offset, width);
      }
      // Guests read all the time: nothing is allocated here.
      Optional<RegisterAccess> access = Register.at(offset, width);
      return access.isPresent() ? access.get().read(value(access.get().register())) : 0;
    }

    private long value(Register register) {
      return switch (register) {
        case CMDQ_PROD -> isPending(register) ? prod : settled(register);
        case CR0ACK, IRQ_CTRLACK -> reset ? 0 : visible.value(register);
        case GBPA ->
            isPending(register)
                ? front.value(register) | ControlFields.GBPA_UPDATE.mask()
                : settled(register);
        default -> isPending(register) ? front.value(register) : settled(register);
      };
    }

    /** No access to the register itself is pending. */
    private long settled(Register register) {
      return reset ? front.value(register) : visible.value(register);
    }
  }

  /** What a read of {@code width} bytes at {@code offset} gives; 0 where nothing lies. */
  long read(int offset, int width) {
    return snapshot.read(offset, width);
  }

  /** The state that the guest may see. */
  VsmmuState visible() {
    return snapshot.visible();
  }

  /** Whether the VMM has asked for a reset that has not happened yet. */
  boolean awaitsReset() {
    return snapshot.reset();
  }

  /**
   * The guest may see more.
   *
   * @param events what led there
   */
  synchronized void changed(VsmmuState now, List<VsmmuEvent> events) {
    if (now.events() < visible().events()) {
      return;
    }
    if (events.stream().anyMatch(RegisterView::unforeseen)) {
      front = now;
      pending.forEach(this::hold);
    }
    publish(now);
    notifyAll();
  }

  /** A reset that no access brought: what is pending meets another vSMMU than when it began. */
  private static boolean unforeseen(VsmmuEvent event) {
    return event instanceof VsmmuReset reset && reset.source() != Stimulus.ResetSource.VMM;
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
  synchronized NumberedAccess began(Access access) {
    lastBegun++;
    NumberedAccess begun = new NumberedAccess(lastBegun, access);
    if (pending.isEmpty()) {
      front = visible();
    }
    pending.add(begun);
    hold(begun);
    publish(visible());
    return begun;
  }

  /** An access has taken effect, and all before it. */
  synchronized void took(NumberedAccess begun) {
    if (begun.number() > lastTook) {
      lastTook = begun.number();
      while (!pending.isEmpty() && pending.peek().number() <= lastTook) {
        pending.poll();
      }
      publish(visible());
    }
  }

  /** Does an access to the front. */
  private void hold(NumberedAccess begun) {
    switch (begun.access()) {
      case Access.Doorbell(long value) -> {
        prod = value & TableFields.WR.mask();
        touch(Register.CMDQ_PROD, begun);
      }
      case Access.RegisterWrite write -> hold(write, begun);
      case Access.Reset _ -> {
        lastReset = begun.number();
        Arrays.fill(touched, NONE);
        decided(new Stimulus.Reset(Stimulus.ResetSource.VMM)).ifPresent(it -> front = it.after());
      }
      case Access.Notice(Stimulus stimulus) ->
          decided(stimulus)
              .ifPresent(
                  it -> {
                    touchDifferent(it.after(), begun);
                    front = it.after();
                  });
    }
  }

  /** A write that is ignored touches nothing: what it would have changed moves on by itself. */
  private void hold(Access.RegisterWrite write, NumberedAccess begun) {
    Optional<Decision.Accepted> decided =
        decided(
            new Stimulus.WriteRegister(write.offset(), write.width(), write.value(), List.of()));
    if (decided.isPresent()
        && decided.get().events().getFirst() instanceof RegisterWritten written
        && written.verdict() == Verdict.TAKEN) {
      Register.at(write.offset(), write.width()).ifPresent(hit -> touch(hit.register(), begun));
      // The base of a queue may change its indexes too.
      touchDifferent(decided.get().after(), begun);
      front = decided.get().after();
    }
  }

  /** What the VMM shares is seen in IDR0.MSI, by the guest's first read already. */
  private void touchDifferent(VsmmuState after, NumberedAccess begun) {
    for (Register register : REGISTERS) {
      if (front.value(register) != after.value(register)) {
        touch(register, begun);
      }
    }
  }

  private void touch(Register register, NumberedAccess begun) {
    touched[register.ordinal()] = begun.number();
  }

  private Optional<Decision.Accepted> decided(Stimulus stimulus) {
    return Vsmmu.decide(front, stimulus) instanceof Decision.Accepted accepted
        ? Optional.of(accepted)
        : Optional.empty();
  }

  private void publish(VsmmuState visible) {
    long mask = 0;
    for (int i = 0; i < touched.length; i++) {
      mask |= touched[i] > lastTook ? 1L << i : 0;
    }
    snapshot = new Snapshot(visible, front, mask, prod, lastReset > lastTook);
  }

  private static long bit(Register register) {
    return 1L << register.ordinal();
  }
}
