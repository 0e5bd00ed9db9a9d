package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.spec.Register.CR0;
import static io.vsmmu.smmu.spec.Register.CR0ACK;
import static io.vsmmu.smmu.spec.Register.GBPA;
import static io.vsmmu.smmu.spec.Register.IRQ_CTRL;
import static io.vsmmu.smmu.spec.Register.IRQ_CTRLACK;

import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.RegisterWritten.Change;
import io.vsmmu.smmu.event.RegisterWritten.Verdict;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.rules.RegisterGuard;
import io.vsmmu.smmu.rules.RegisterRules;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.RegisterAccess;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus.WriteRegister;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Decides on a guest's write to the register frame (IHI 0070, 6.3). */
final class RegisterWrites {

  private RegisterWrites() {}

  static Decision decide(VsmmuState state, WriteRegister write) {
    Draft draft = new Draft(state);
    Optional<RegisterAccess> access = Register.at(write.offset(), write.width());
    Verdict verdict = access.map(a -> verdict(state, a, write.value())).orElse(Verdict.NO_REGISTER);
    List<Change> changes =
        verdict == Verdict.TAKEN ? changes(state, access.orElseThrow(), write.value()) : List.of();
    List<SteFetch> changed = enables(state, changes) ? changed(state, write.fetches()) : List.of();
    draft.emit(
        new RegisterWritten(
            write.offset(), write.width(), write.value(), changed, verdict, changes));
    redriveStreams(state, draft, changed);
    return draft.accepted();
  }

  private static Verdict verdict(VsmmuState state, RegisterAccess access, long written) {
    Register register = access.register();
    if (register.mode() == Register.Mode.RO) {
      return Verdict.READ_ONLY;
    }
    if (RegisterRules.implemented(register, state.ids()) == 0) {
      return Verdict.NOT_IMPLEMENTED;
    }
    if (register == GBPA && !ControlFields.GBPA_UPDATE.isSet(access.merge(0, written))) {
      return Verdict.UPDATE_NOT_SET;
    }
    return guarded(state, register) == -1L ? Verdict.LOCKED : Verdict.TAKEN;
  }

  /** The bits of a register that IHI 0070 makes read-only now: what they configure is enabled. */
  private static long guarded(VsmmuState state, Register register) {
    long bits = 0;
    for (RegisterGuard guard : RegisterRules.guarded()) {
      if (guard.register() == register
          && guard.enables().isSet(state.registers().get(guard.control()))) {
        bits |= guard.bits();
      }
    }
    return bits;
  }

  private static List<Change> changes(VsmmuState state, RegisterAccess access, long written) {
    Register register = access.register();
    long old = state.registers().get(register);
    long merged = access.merge(old, written) & RegisterRules.implemented(register, state.ids());
    return switch (register) {
      case CR0 -> acknowledged(CR0, CR0ACK, merged);
      case IRQ_CTRL -> acknowledged(IRQ_CTRL, IRQ_CTRLACK, merged);
      case GBPA -> List.of(new Change(GBPA, merged & ~ControlFields.GBPA_UPDATE.mask()));
      default -> {
        long guarded = guarded(state, register);
        yield List.of(new Change(register, (old & guarded) | (merged & ~guarded)));
      }
    };
  }

  private static List<Change> acknowledged(Register register, Register ack, long value) {
    return List.of(new Change(register, value), new Change(ack, value));
  }

  private static boolean enables(VsmmuState state, List<Change> changes) {
    return !state.enabled()
        && changes.stream()
            .anyMatch(
                change -> change.register() == CR0 && ControlFields.SMMUEN.isSet(change.value()));
  }

  /** The fetched STEs that change a stream, the last of each, in the order of StreamIDs. */
  private static List<SteFetch> changed(VsmmuState state, List<SteFetch> fetches) {
    Map<Integer, SteFetch> changed = new TreeMap<>();
    for (SteFetch fetch : fetches) {
      boolean known = fetch.outcome() != SteFetch.Outcome.NOT_TOLD;
      boolean kept = state.streams().containsKey(fetch.streamId());
      changed.remove(fetch.streamId());
      if (known && kept && !StreamPlacement.known(state, fetch)) {
        changed.put(fetch.streamId(), fetch);
      }
    }
    return List.copyOf(changed.values());
  }

  private static void redriveStreams(VsmmuState before, Draft draft, List<SteFetch> fetches) {
    VsmmuState after = draft.state();
    if (!before.enabled() && after.enabled()) {
      enable(draft, fetches);
    } else if (before.enabled() && !after.enabled()) {
      redriveAll(draft, Reason.SMMU_DISABLED);
    } else if (!after.enabled() && before.globalBypass() != after.globalBypass()) {
      redriveAll(draft, Reason.GBPA_UPDATED);
    }
  }

  private static void enable(Draft draft, List<SteFetch> changed) {
    Map<Integer, SteFetch> bySid = new HashMap<>();
    changed.forEach(fetch -> bySid.put(fetch.streamId(), fetch));
    for (int streamId : redriven(draft.state())) {
      SteFetch fetch = bySid.get(streamId);
      if (fetch == null) {
        StreamPlacement.redrive(draft, streamId, Reason.SMMU_ENABLED);
      } else {
        StreamPlacement.install(draft, fetch, Reason.SMMU_ENABLED, -1);
      }
    }
  }

  private static void redriveAll(Draft draft, Reason reason) {
    for (int streamId : redriven(draft.state())) {
      StreamPlacement.redrive(draft, streamId, reason);
    }
  }

  /**
   * Streams whose new behaviour is recorded: all of a QEMU trace, and those with a device of a live
   * guest. The others of a live guest follow from the write itself ({@link
   * StreamEvolution#redrive}), because four bytes of a guest must not cause thousands of events.
   */
  private static List<Integer> redriven(VsmmuState state) {
    return List.copyOf(
        state.origin() == Origin.LIVE ? state.devices().keySet() : state.streams().keySet());
  }
}
