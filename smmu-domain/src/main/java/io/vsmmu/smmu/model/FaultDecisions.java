package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableGeometry;
import io.vsmmu.smmu.stimulus.Stimulus.ReportFaults;
import java.util.List;
import java.util.Optional;

/**
 * The event queue's producer side with its overflow protocol (IHI 0070, 7.2 and 7.4). While it is
 * disabled or EVENTQ_ABT_ERR is active, records are discarded and nothing overflows.
 */
final class FaultDecisions {

  private FaultDecisions() {}

  static Decision decide(VsmmuState state, ReportFaults report) {
    List<EventRecord> records =
        report.records().stream().flatMap(record -> recorded(state, record).stream()).toList();
    QueueProducer queue =
        new QueueProducer(
            state.registers().get(Register.EVENTQ_PROD),
            state.registers().get(Register.EVENTQ_CONS),
            state.eventQueueLog2Size());
    QueueProducer.Offered offered =
        queue.offer(records.size(), report.lost(), Limits.FAULT_RECORDS, writable(state));
    Draft draft = new Draft(state);
    draft.emit(
        new FaultsReported(
            records.subList(0, offered.kept()), offered.lost(), offered.queued(), offered.prod()));
    return draft.accepted();
  }

  /**
   * The record that the vSMMU makes of the host's. C_BAD_STE of a stream on a HWPT with {@link
   * ReportingSte} says that a transaction met it: the guest gets the record of its own error.
   * Applied to its own result this changes nothing, so the log may keep the result alone.
   */
  private static Optional<EventRecord> recorded(VsmmuState state, EventRecord record) {
    StreamState stream = state.streams().get(record.sid());
    if (record.number() != EventType.C_BAD_STE.code()
        || stream == null
        || !meetsReportingSte(state, stream)) {
      return Optional.of(record);
    }
    Optional<EventType> fault = state.enabled() ? EventType.of(stream.fault()) : Optional.empty();
    return fault.flatMap(type -> recorded(state, record, type));
  }

  private static boolean meetsReportingSte(VsmmuState state, StreamState stream) {
    HostObject hwpt = state.objects().get(stream.hwpt());
    return hwpt != null
        && hwpt.kind() == HostObject.Kind.NESTED_HWPT
        && stream.effective() != StreamBehaviour.TRANSLATE;
  }

  private static Optional<EventRecord> recorded(
      VsmmuState state, EventRecord record, EventType fault) {
    if (!records(state, fault.code())) {
      return Optional.empty();
    }
    EventRecord own = record.with(EventFields.TYPE, fault.code());
    return Optional.of(
        fault == EventType.F_STE_FETCH
            ? own.withAddress(EventFields.FETCH_ADDR, fetched(state, record.sid()))
            : own);
  }

  /**
   * Whether a transaction of a stream with this fault is recorded: C_BAD_STREAMID only with
   * CR2.RECINVSID (IHI 0070 6.3.12), which can be written only while CR0.SMMUEN is 0.
   *
   * @param fault an event's number, 0 for none
   */
  static boolean records(VsmmuState state, int fault) {
    return fault == EventType.C_BAD_STREAMID.code()
        ? ControlFields.RECINVSID.isSet(state.value(Register.CR2))
        : fault != 0;
  }

  /** The address of the STE, or of its first-level descriptor in a 2-level Stream table. */
  private static long fetched(VsmmuState state, int streamId) {
    StreamTableGeometry table =
        StreamTableGeometry.of(
            state.value(Register.STRTAB_BASE),
            (int) state.value(Register.STRTAB_BASE_CFG),
            state.ids());
    return switch (table.locate(streamId)) {
      case StreamTableGeometry.SteAddress(long address) -> address;
      case StreamTableGeometry.L1Address(long address) -> address;
      case StreamTableGeometry.BadStreamId _ -> 0;
    };
  }

  private static boolean writable(VsmmuState state) {
    return ControlFields.EVENTQEN.isSet(state.registers().get(Register.CR0))
        && !state.active(GlobalError.EVENTQ_ABT_ERR);
  }
}
