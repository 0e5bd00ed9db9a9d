package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.spec.Register.CMDQ_CONS;
import static io.vsmmu.smmu.spec.Register.CR0;
import static io.vsmmu.smmu.spec.Register.CR0ACK;
import static io.vsmmu.smmu.spec.Register.CR1;
import static io.vsmmu.smmu.spec.Register.GBPA;
import static io.vsmmu.smmu.spec.Register.IRQ_CTRL;
import static io.vsmmu.smmu.spec.Register.IRQ_CTRLACK;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.RegisterWritten.Change;
import io.vsmmu.smmu.event.RegisterWritten.Verdict;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.InterruptFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.RegisterAccess;
import io.vsmmu.smmu.stimulus.SteReading;
import io.vsmmu.smmu.stimulus.Stimulus.WriteRegister;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a guest's write to the register frame does (IHI 0070, 6.3). */
final class RegisterWrites {

  private static final long TABLE_ATTRIBUTES =
      ControlFields.TABLE_IC.mask() | ControlFields.TABLE_OC.mask() | ControlFields.TABLE_SH.mask();

  private static final long QUEUE_ATTRIBUTES =
      ControlFields.QUEUE_IC.mask() | ControlFields.QUEUE_OC.mask() | ControlFields.QUEUE_SH.mask();

  private static final long QUEUES_ENABLED =
      ControlFields.CMDQEN.mask() | ControlFields.EVENTQEN.mask() | ControlFields.PRIQEN.mask();

  private RegisterWrites() {}

  static Decision decide(VsmmuState state, WriteRegister write) {
    Draft draft = new Draft(state);
    Optional<RegisterAccess> access = Register.at(write.offset(), write.width());
    Verdict verdict = access.map(a -> verdict(state, a, write.value())).orElse(Verdict.NO_REGISTER);
    List<Change> changes =
        verdict == Verdict.TAKEN ? changes(state, access.orElseThrow(), write.value()) : List.of();
    draft.emit(
        new RegisterWritten(
            write.offset(), write.width(), write.value(), write.readings(), verdict, changes));
    redriveStreams(state, draft, write.readings());
    return draft.accepted();
  }

  private static Verdict verdict(VsmmuState state, RegisterAccess access, long written) {
    Register register = access.register();
    if (register.mode() == Register.Mode.RO) {
      return Verdict.READ_ONLY;
    }
    if (!implemented(state, register)) {
      return Verdict.NOT_IMPLEMENTED;
    }
    if (register == GBPA && !ControlFields.GBPA_UPDATE.isSet(access.merge(0, written))) {
      return Verdict.UPDATE_NOT_SET;
    }
    return locked(state, register) ? Verdict.LOCKED : Verdict.TAKEN;
  }

  private static boolean implemented(VsmmuState state, Register register) {
    return switch (register) {
      case PRIQ_BASE, PRIQ_PROD, PRIQ_CONS -> state.ids().pri();
      case PRIQ_IRQ_CFG0, PRIQ_IRQ_CFG1, PRIQ_IRQ_CFG2 -> state.ids().pri() && state.ids().msi();
      case GERROR_IRQ_CFG0, GERROR_IRQ_CFG1, GERROR_IRQ_CFG2 -> state.ids().msi();
      case EVENTQ_IRQ_CFG0, EVENTQ_IRQ_CFG1, EVENTQ_IRQ_CFG2 -> state.ids().msi();
      case AGBPA -> false;
      default -> true;
    };
  }

  /** Registers that IHI 0070 makes read-only while what they configure is enabled. */
  private static boolean locked(VsmmuState state, Register register) {
    return switch (register) {
      case STRTAB_BASE, STRTAB_BASE_CFG, CR2 -> enabled(state, ControlFields.SMMUEN);
      case CMDQ_BASE, CMDQ_CONS -> enabled(state, ControlFields.CMDQEN);
      case EVENTQ_BASE, EVENTQ_PROD -> enabled(state, ControlFields.EVENTQEN);
      case PRIQ_BASE, PRIQ_PROD -> enabled(state, ControlFields.PRIQEN);
      case GERROR_IRQ_CFG0, GERROR_IRQ_CFG1, GERROR_IRQ_CFG2 ->
          interrupts(state, InterruptFields.GERROR_IRQEN);
      case EVENTQ_IRQ_CFG0, EVENTQ_IRQ_CFG1, EVENTQ_IRQ_CFG2 ->
          interrupts(state, InterruptFields.EVENTQ_IRQEN);
      case PRIQ_IRQ_CFG0, PRIQ_IRQ_CFG1, PRIQ_IRQ_CFG2 ->
          interrupts(state, InterruptFields.PRIQ_IRQEN);
      default -> false;
    };
  }

  private static boolean enabled(VsmmuState state, Bits enable) {
    return enable.isSet(state.registers().get(CR0));
  }

  private static boolean interrupts(VsmmuState state, Bits enable) {
    return enable.isSet(state.registers().get(IRQ_CTRL));
  }

  private static List<Change> changes(VsmmuState state, RegisterAccess access, long written) {
    Register register = access.register();
    long old = state.registers().get(register);
    long merged = access.merge(old, written) & ~register.fields().reservedMask(0);
    return switch (register) {
      case CR0 -> acknowledged(CR0, CR0ACK, merged & implementedCr0(state));
      case IRQ_CTRL -> acknowledged(IRQ_CTRL, IRQ_CTRLACK, merged & implementedInterrupts(state));
      case CR1 -> List.of(new Change(CR1, unlockedAttributes(state, old, merged)));
      case GBPA -> List.of(new Change(GBPA, merged & ~ControlFields.GBPA_UPDATE.mask()));
      default -> List.of(new Change(register, merged));
    };
  }

  private static List<Change> acknowledged(Register register, Register ack, long value) {
    return List.of(new Change(register, value), new Change(ack, value));
  }

  private static long implementedCr0(VsmmuState state) {
    long mask =
        ControlFields.SMMUEN.mask() | ControlFields.EVENTQEN.mask() | ControlFields.CMDQEN.mask();
    mask |= state.ids().pri() ? ControlFields.PRIQEN.mask() : 0;
    mask |= state.ids().ats() ? ControlFields.ATSCHK.mask() : 0;
    return mask;
  }

  private static long implementedInterrupts(VsmmuState state) {
    long mask = InterruptFields.GERROR_IRQEN.mask() | InterruptFields.EVENTQ_IRQEN.mask();
    return state.ids().pri() ? mask | InterruptFields.PRIQ_IRQEN.mask() : mask;
  }

  /** CR1's table attributes are locked by SMMUEN, its queue attributes by any enabled queue. */
  private static long unlockedAttributes(VsmmuState state, long old, long merged) {
    long lockedBits = state.enabled() ? TABLE_ATTRIBUTES : 0;
    lockedBits |= (state.registers().get(CR0) & QUEUES_ENABLED) != 0 ? QUEUE_ATTRIBUTES : 0;
    return (old & lockedBits) | (merged & ~lockedBits);
  }

  private static void redriveStreams(VsmmuState before, Draft draft, List<SteReading> readings) {
    VsmmuState after = draft.state();
    if (!before.enabled() && after.enabled()) {
      enable(draft, readings);
    } else if (before.enabled() && !after.enabled()) {
      redriveAll(draft, Reason.SMMU_DISABLED);
    } else if (!after.enabled() && before.globalBypass() != after.globalBypass()) {
      redriveAll(draft, Reason.GBPA_UPDATED);
    }
  }

  private static void enable(Draft draft, List<SteReading> readings) {
    Map<Integer, SteReading> bySid =
        readings.stream()
            .collect(
                Collectors.toMap(SteReading::streamId, Function.identity(), (first, last) -> last));
    for (StreamState stream : List.copyOf(draft.state().streams().values())) {
      SteReading reading = bySid.get(stream.streamId());
      if (reading == null || reading.outcome() == SteReading.Outcome.NOT_TOLD) {
        StreamPlacement.redrive(draft, stream.streamId(), Reason.SMMU_ENABLED);
      } else {
        StreamPlacement.install(draft, reading, Reason.SMMU_ENABLED, -1);
      }
    }
  }

  private static void redriveAll(Draft draft, Reason reason) {
    for (StreamState stream : List.copyOf(draft.state().streams().values())) {
      StreamPlacement.redrive(draft, stream.streamId(), reason);
    }
  }
}
