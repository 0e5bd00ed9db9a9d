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
    int kept = Math.min(records.size(), Limits.FAULT_RECORDS);
    long lost = OutputQueue.plus(report.lost(), records.size() - kept);
    OutputQueue queue =
        new OutputQueue(
            state.registers().get(Register.EVENTQ_PROD),
            state.registers().get(Register.EVENTQ_CONS),
            state.eventQueueLog2Size());
    long prod = queue.prod();
    int queued = 0;
    if (writable(state)) {
      queued = Math.min(queue.free(), kept);
      prod = queue.produced(queued, kept > queued || lost > 0);
    }
    Draft draft = new Draft(state);
    draft.emit(new FaultsReported(records.subList(0, kept), lost, queued, prod));
    return draft.accepted();
  }

  private static boolean writable(VsmmuState state) {
    return ControlFields.EVENTQEN.isSet(state.registers().get(Register.CR0))
        && !state.active(GlobalError.EVENTQ_ABT_ERR);
  }
}
