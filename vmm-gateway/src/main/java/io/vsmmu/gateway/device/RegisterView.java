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
 * What a guest reads. Reads are answered from memory, whatever the log and the host are doing. A
 * write is visible to the read that follows it, as IHI 0070 6.2 demands; that it has taken effect
 * (CR0ACK, IRQ_CTRLACK, GBPA.Update, CMDQ_CONS) is visible only when it is durable and applied, and
 * never reverts.
 *
 * <p>A read uses one immutable {@link Snapshot}, takes no lock, never waits and allocates nothing.
 * The monitor guards everything else; it is a leaf. Accesses are numbered in the order in which the
 * guest made them and complete in that order, so that whether a register is pending is one
 * comparison: its last access has a higher number than the last access that is complete.
 */
final class RegisterView {

  private static final Register[] REGISTERS = Register.values();

  /** A number that no access has. */
  private static final long NONE = 0;

  /** By the register's ordinal: the number of the last access that changed its value. */
  private final long[] lastChange = new long[REGISTERS.length];

  private final Deque<NumberedAccess> pending = new ArrayDeque<>();
  private long lastNumber = NONE;
  private long lastCompleted = NONE;
  private long lastReset = NONE;

  /**
   * The visible state with all pending accesses carried out. Pending registers are read from it.
   */
  private VsmmuState predicted;

  /** CMDQ_PROD as of the last doorbell. */
  private long prod;

  private volatile Snapshot snapshot;

  RegisterView(VsmmuState visible) {
    predicted = visible;
    snapshot = new Snapshot(visible, visible, 0, 0, false);
  }

  /**
   * An access with its number; the guest's first one has 1. An access that changes nothing that the
   * guest reads before it is in the log, such as the report of an MSI that was aborted, has {@link
   * #NONE}.
   */
  record NumberedAccess(long number, Access access) {

    static NumberedAccess withoutNumber(Access access) {
      return new NumberedAccess(NONE, access);
    }
  }

  /**
   * Everything that a read depends on, at one moment.
   *
   * @param visible the state that is durable and applied
   * @param predicted {@code visible} with all pending accesses carried out
   * @param pending a bit for each register, by ordinal: whether it is read from {@code predicted}
   * @param prod CMDQ_PROD while a doorbell is pending
   * @param reset whether a reset is pending: what began before it is not acknowledged any more
   */
  private record Snapshot(
      VsmmuState visible, VsmmuState predicted, long pending, long prod, boolean reset) {

    boolean isPending(Register register) {
      return (pending & bit(register)) != 0;
    }

    long read(int offset, int width) {
      if (pending == 0 && !reset) {
        return visible.read(offset, width);
      }
      Optional<RegisterAccess> access = Register.at(offset, width);
      return access.isPresent() ? access.get().read(value(access.get().register())) : 0;
    }

    private long value(Register register) {
      return switch (register) {
        case CMDQ_PROD -> isPending(register) ? prod : notPending(register);
        case CR0ACK, IRQ_CTRLACK -> reset ? 0 : visible.value(register);
        case GBPA ->
            isPending(register)
                ? predicted.value(register) | ControlFields.GBPA_UPDATE.mask()
                : notPending(register);
        default -> isPending(register) ? predicted.value(register) : notPending(register);
      };
    }

    /** The value of a register without a pending access of its own. */
    private long notPending(Register register) {
      return reset ? predicted.value(register) : visible.value(register);
    }
  }

  /** Reads {@code width} bytes at {@code offset} in the register frame; 0 where no register is. */
  long read(int offset, int width) {
    return snapshot.read(offset, width);
  }

  /** The state that is durable and applied. */
  VsmmuState visible() {
    return snapshot.visible();
  }

  /** Whether a reset of the VMM is pending. */
  boolean isResetPending() {
    return snapshot.reset();
  }

  /**
   * Replaces the visible state.
   *
   * @param events what led to it
   */
  synchronized void changed(VsmmuState now, List<VsmmuEvent> events) {
    if (now.events() < visible().events()) {
      return;
    }
    if (events.stream().anyMatch(RegisterView::unforeseen)) {
      predicted = now;
      pending.forEach(this::predict);
    }
    publish(now);
    notifyAll();
  }

  /**
   * A reset by an operator: the pending accesses meet another state than they were predicted on.
   */
  private static boolean unforeseen(VsmmuEvent event) {
    return event instanceof VsmmuReset reset && reset.source() != Stimulus.ResetSource.VMM;
  }

  /** Waits until the visible state changes, at most {@code longest}. */
  synchronized void awaitChange(Duration longest) {
    try {
      wait(longest.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Begins an access: from now on reads see it, but not as having taken effect. */
  synchronized NumberedAccess begin(Access access) {
    lastNumber++;
    NumberedAccess numbered = new NumberedAccess(lastNumber, access);
    if (pending.isEmpty()) {
      predicted = visible();
    }
    pending.add(numbered);
    predict(numbered);
    publish(visible());
    return numbered;
  }

  /** Completes an access and all before it: the visible state contains their effect. */
  synchronized void complete(NumberedAccess access) {
    if (access.number() > lastCompleted) {
      lastCompleted = access.number();
      while (!pending.isEmpty() && pending.peek().number() <= lastCompleted) {
        pending.poll();
      }
      publish(visible());
    }
  }

  /** Carries out an access on the predicted state. */
  private void predict(NumberedAccess numbered) {
    switch (numbered.access()) {
      case Access.Doorbell(long value) -> {
        prod = value & TableFields.WR.mask();
        change(Register.CMDQ_PROD, numbered);
      }
      case Access.RegisterWrite write -> predict(write, numbered);
      case Access.Reset _ -> {
        lastReset = numbered.number();
        Arrays.fill(lastChange, NONE);
        decided(new Stimulus.Reset(Stimulus.ResetSource.VMM))
            .ifPresent(it -> predicted = it.after());
      }
      case Access.Notice(Stimulus stimulus) ->
          decided(stimulus)
              .ifPresent(
                  it -> {
                    changeDifferent(it.after(), numbered);
                    predicted = it.after();
                  });
    }
  }

  /** A write that the SMMU ignores changes no register, so none is pending for it. */
  private void predict(Access.RegisterWrite write, NumberedAccess numbered) {
    Optional<Decision.Accepted> decided =
        decided(
            new Stimulus.WriteRegister(write.offset(), write.width(), write.value(), List.of()));
    if (decided.isPresent()
        && decided.get().events().getFirst() instanceof RegisterWritten written
        && written.verdict() == Verdict.TAKEN) {
      Register.at(write.offset(), write.width()).ifPresent(hit -> change(hit.register(), numbered));
      // A write of a queue's base may change its indexes too.
      changeDifferent(decided.get().after(), numbered);
      predicted = decided.get().after();
    }
  }

  /** Memory that the VMM maps changes IDR0.MSI, which the guest's first read must see. */
  private void changeDifferent(VsmmuState after, NumberedAccess numbered) {
    for (Register register : REGISTERS) {
      if (predicted.value(register) != after.value(register)) {
        change(register, numbered);
      }
    }
  }

  private void change(Register register, NumberedAccess numbered) {
    lastChange[register.ordinal()] = numbered.number();
  }

  private Optional<Decision.Accepted> decided(Stimulus stimulus) {
    return Vsmmu.decide(predicted, stimulus) instanceof Decision.Accepted accepted
        ? Optional.of(accepted)
        : Optional.empty();
  }

  private void publish(VsmmuState visible) {
    long mask = 0;
    for (int i = 0; i < lastChange.length; i++) {
      mask |= lastChange[i] > lastCompleted ? 1L << i : 0;
    }
    snapshot = new Snapshot(visible, predicted, mask, prod, lastReset > lastCompleted);
  }

  private static long bit(Register register) {
    return 1L << register.ordinal();
  }
}
