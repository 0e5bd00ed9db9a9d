package io.vsmmu.projections.lint;

import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableGeometry;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.Origin;
import java.util.List;
import java.util.Set;

/**
 * Finds StreamIDs of devices for which the Stream table has no entry, and bases of the Stream table
 * and of the queues whose address bits the SMMU ignores, so that it uses another address than the
 * guest.
 */
final class StreamTableProblems implements RuleChecker {

  private static final int COMMAND_LOG2_BYTES = 4;
  private static final int EVENT_LOG2_BYTES = 5;
  private static final int PAGE_REQUEST_LOG2_BYTES = 4;

  private final FindingReport.Builder findings;

  StreamTableProblems(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(RegisterWritten.class, DeviceAttached.class, FaultsReported.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case RegisterWritten _ -> enabled(step);
      case DeviceAttached it when step.after().enabled() -> device(step, it.streamId());
      case FaultsReported it -> it.records().forEach(record -> fault(step, record));
      default -> {}
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {}

  private void enabled(ObservedEvent step) {
    VsmmuState after = step.after();
    long risen = after.value(Register.CR0) & ~step.before().value(Register.CR0);
    if (ControlFields.SMMUEN.isSet(risen)) {
      table(step);
      after.devices().keySet().forEach(sid -> device(step, sid));
    }
    if (ControlFields.CMDQEN.isSet(risen)) {
      queue(step, Register.CMDQ_BASE, after.commandQueueLog2Size() + COMMAND_LOG2_BYTES);
    }
    if (ControlFields.EVENTQEN.isSet(risen)) {
      queue(step, Register.EVENTQ_BASE, after.eventQueueLog2Size() + EVENT_LOG2_BYTES);
    }
    if (ControlFields.PRIQEN.isSet(risen)) {
      queue(step, Register.PRIQ_BASE, after.priQueueLog2Size() + PAGE_REQUEST_LOG2_BYTES);
    }
  }

  private static StreamTableGeometry geometry(VsmmuState state) {
    return StreamTableGeometry.of(
        state.value(Register.STRTAB_BASE),
        (int) state.value(Register.STRTAB_BASE_CFG),
        state.ids());
  }

  /** A recording that begins after the set-up does not contain the table. */
  private static boolean tableKnown(VsmmuState state) {
    return state.origin() == Origin.LIVE || state.value(Register.STRTAB_BASE) != 0;
  }

  private void table(ObservedEvent step) {
    VsmmuState state = step.after();
    if (tableKnown(state)) {
      long written =
          state
              .ids()
              .truncateToOas(TableFields.STRTAB_ADDR.inPlace(state.value(Register.STRTAB_BASE)));
      base(step, Register.STRTAB_BASE, written, geometry(state).base());
    }
  }

  /** The base is aligned to the queue's size, and to 32 bytes at least (6.3.26). */
  private void queue(ObservedEvent step, Register register, int log2Bytes) {
    long written = TableFields.QUEUE_ADDR.inPlace(step.after().value(register));
    base(step, register, written, written & (-1L << log2Bytes));
  }

  private void base(ObservedEvent step, Register register, long written, long used) {
    if (written == used) {
      return;
    }
    findings.occurred(
        Rule.UNALIGNED_BASE,
        Severity.WARNING,
        null,
        register.name(),
        "",
        () ->
            "%s is %s, which is not aligned to the size of what is there: the SMMU uses %s"
                .formatted(register, Hex.of(written), Hex.of(used)),
        step.position(),
        List.of(step.position()));
  }

  private void device(ObservedEvent step, int sid) {
    if (tableKnown(step.after()) && !geometry(step.after()).covers(sid)) {
      beyond(step, step.after(), sid, "DEVICE", "A device has");
    }
  }

  private void fault(ObservedEvent step, EventRecord fault) {
    if (fault.number() == EventType.C_BAD_STREAMID.code()
        && step.before().enabled()
        && tableKnown(step.before())
        && !geometry(step.before()).covers(fault.sid())) {
      beyond(step, step.before(), fault.sid(), "FAULT", "A device used");
    }
  }

  private void beyond(ObservedEvent step, VsmmuState state, int sid, String cause, String what) {
    int bits = geometry(state).log2Size();
    findings.occurred(
        Rule.STREAM_BEYOND_TABLE,
        Severity.WARNING,
        Hex.of(sid),
        cause,
        "",
        () ->
            ("%s StreamID %s; the Stream table ends at 2^%d (STRTAB_BASE_CFG.LOG2SIZE %d,"
                    + " IDR1.SIDSIZE %d), so every transaction is terminated with C_BAD_STREAMID")
                .formatted(
                    what,
                    Hex.of(sid),
                    bits,
                    TableFields.STRTAB_LOG2SIZE.get(state.value(Register.STRTAB_BASE_CFG)),
                    state.ids().sidSize()),
        step.position(),
        List.of(step.position()));
  }
}
