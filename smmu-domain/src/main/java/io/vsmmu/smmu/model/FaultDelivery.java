package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Stimulus.ReportFaults;
import java.util.List;

/**
 * The event queue's producer side with its overflow protocol (IHI 0070, 7.2 and 7.4). While it is
 * disabled or EVENTQ_ABT_ERR is active, records are discarded and nothing overflows.
 */
final class FaultDelivery {

  private FaultDelivery() {}

  static Decision decide(VsmmuState state, ReportFaults report) {
    List<EventRecord> records = report.records();
    OutputQueue queue =
        new OutputQueue(
            state.registers().get(Register.EVENTQ_PROD),
            state.registers().get(Register.EVENTQ_CONS),
            state.eventQueueLog2Size());
    OutputQueue.Offered offered =
        queue.offer(records.size(), report.lost(), Limits.FAULT_RECORDS, writable(state));
    Draft draft = new Draft(state);
    draft.emit(
        new FaultsReported(
            records.subList(0, offered.kept()), offered.lost(), offered.queued(), offered.prod()));
    return draft.accepted();
  }

  private static boolean writable(VsmmuState state) {
    return ControlFields.EVENTQEN.isSet(state.registers().get(Register.CR0))
        && !state.active(GlobalError.EVENTQ_ABT_ERR);
  }
}
