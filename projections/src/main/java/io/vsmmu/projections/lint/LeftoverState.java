package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.RegisterRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds state that firmware, an earlier kernel or an earlier VM left: another VMM process
 * connected, and its guest accesses registers that are not as after a reset; a driver sets up a
 * command queue at another address, although there was no reset since the last one was in use; or
 * the first read of CR0 in a recording shows an SMMU that is enabled. A VMM that connects again and
 * a driver that resumes with the queue that it had are not reported.
 */
final class LeftoverState implements RuleChecker {

  /** Offsets of the registers that a guest writes after it has set up its SMMU. */
  private static final Set<Integer> GOING_ON =
      Set.of(
          Register.CMDQ_PROD.offset(),
          Register.EVENTQ_CONS.offset(),
          Register.PRIQ_CONS.offset(),
          Register.GERRORN.offset());

  private final FindingReport.Builder findings;

  /** Position of the event with which CR0.CMDQEN became 1 last since the reset; 0 if it did not. */
  @JsonProperty private long usedAt;

  /** CMDQ_BASE then. */
  @JsonProperty private long usedBase;

  /** Process id of the VMM that connected last, 0 if none did or it is unknown. */
  @JsonProperty private long vmm;

  /**
   * Position at which a VMM connected that is another process than the one before, until its guest
   * accesses the SMMU or it is reset; else 0.
   */
  @JsonProperty private long otherVmmAt;

  /** Whether the log contains a write of CR0 since the reset, or a read of it. */
  @JsonProperty private boolean cr0Known;

  LeftoverState(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(
        VsmmuReset.class,
        PartImported.class,
        VmmConnected.class,
        CommandsConsumed.class,
        RegisterWritten.class,
        RegisterReadsObserved.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case VsmmuReset _ -> {
        usedAt = 0;
        usedBase = 0;
        cr0Known = false;
        otherVmmAt = 0;
      }
      case PartImported _ -> {
        // What was there when the log began was left by the same guest, as far as is known.
        cr0Known = true;
        vmm = step.after().vmm().pid();
        inUse(step);
      }
      case VmmConnected it -> {
        boolean other = vmm != 0 && it.pid() != 0 && vmm != it.pid();
        otherVmmAt = other ? step.position() : 0;
        vmm = it.pid();
      }
      // The first access is one of a guest that goes on: a VM that another process took over.
      case CommandsConsumed _ -> otherVmmAt = 0;
      case RegisterWritten it -> {
        cr0Known |= it.offset() == Register.CR0.offset();
        if (otherVmmAt != 0) {
          firstAccess(step, it.offset());
        }
        enabled(step);
      }
      case RegisterReadsObserved it -> it.reads().forEach(read -> read(step, read));
      default -> {}
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {}

  /** Examines the registers as the guest of another VMM process finds them. */
  private void firstAccess(ObservedEvent step, int offset) {
    VsmmuState found = step.before();
    long connectedAt = otherVmmAt;
    otherVmmAt = 0;
    boolean asAfterReset =
        found.value(Register.CR0) == 0
            && found.value(Register.IRQ_CTRL) == 0
            && found.value(Register.GERROR) == found.value(Register.GERRORN);
    if (asAfterReset || GOING_ON.contains(offset)) {
      return;
    }
    findings.occurred(
        Rule.LEFTOVER_STATE,
        Severity.WARNING,
        null,
        "OTHER_VMM",
        "",
        () ->
            ("A VMM connected without a reset and its guest found CR0 %s as the VMM before it had"
                    + " left it, with %s")
                .formatted(Hex.of(found.value(Register.CR0)), left(found)),
        step.position(),
        List.of(connectedAt, step.position()));
  }

  private void enabled(ObservedEvent step) {
    VsmmuState after = step.after();
    if (step.before().commandQueueEnabled() || !after.commandQueueEnabled()) {
      return;
    }
    long base = TableFields.QUEUE_ADDR.inPlace(after.value(Register.CMDQ_BASE));
    if (usedAt != 0 && base != usedBase) {
      long earlier = usedAt;
      findings.occurred(
          Rule.LEFTOVER_STATE,
          Severity.INFO,
          null,
          "NO_RESET",
          "",
          () ->
              ("The command queue was set up at %s without a reset since it was in use at %s;"
                      + " firmware, an earlier kernel or an earlier VM left %s")
                  .formatted(Hex.of(base), Hex.of(usedBase), left(after)),
          step.position(),
          List.of(earlier, step.position()));
    }
    inUse(step);
  }

  private void inUse(ObservedEvent step) {
    if (step.after().commandQueueEnabled()) {
      usedAt = step.position();
      usedBase = TableFields.QUEUE_ADDR.inPlace(step.after().value(Register.CMDQ_BASE));
    }
  }

  private static String left(VsmmuState state) {
    List<String> left = new ArrayList<>();
    long streams =
        state.streams().values().stream()
            .filter(it -> it.ste().valid() && it.configuration() != StreamBehaviour.ABORT)
            .count();
    if (streams > 0) {
      left.add(streams + (streams == 1 ? " configured stream" : " configured streams"));
    }
    for (GlobalError error : GlobalError.values()) {
      if (state.active(error)) {
        left.add("GERROR." + error);
      }
    }
    if (state.commandQueueStopped()) {
      left.add("GERROR.CMDQ_ERR");
    }
    return left.isEmpty() ? "no streams and no errors" : String.join(", ", left);
  }

  private void read(ObservedEvent step, RegisterRead read) {
    if (read.offset() != Register.CR0.offset() || cr0Known) {
      return;
    }
    cr0Known = true;
    if (ControlFields.SMMUEN.isSet(read.value())) {
      findings.occurred(
          Rule.LEFTOVER_STATE,
          Severity.INFO,
          null,
          "FIRST_READ",
          "",
          () ->
              "The first read of CR0 gave %s: the SMMU was enabled before the recorded driver"
                      .formatted(Hex.of(read.value()))
                  + " set it up",
          step.position(),
          List.of(step.position()));
    }
  }
}
