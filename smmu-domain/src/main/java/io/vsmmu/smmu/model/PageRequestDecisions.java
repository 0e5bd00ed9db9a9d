package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Stimulus.ReportPageRequests;
import java.util.List;

/**
 * The PRI queue's producer side (IHI 0070, 8.1 and 8.2). Unlike the event queue, it takes nothing
 * until the guest has acknowledged an overflow.
 */
final class PageRequestDecisions {

  private PageRequestDecisions() {}

  static Decision decide(VsmmuState state, ReportPageRequests report) {
    List<PageRequest> records = report.records();
    QueueProducer queue =
        new QueueProducer(
            state.registers().get(Register.PRIQ_PROD),
            state.registers().get(Register.PRIQ_CONS),
            state.priQueueLog2Size());
    QueueProducer.Offered offered =
        queue.offer(
            records.size(),
            report.lost(),
            Limits.PAGE_REQUESTS,
            writable(state) && !queue.overflowing());
    Draft draft = new Draft(state);
    draft.emit(
        new PageRequestsReported(
            records.subList(0, offered.kept()), offered.lost(), offered.queued(), offered.prod()));
    return draft.accepted();
  }

  /** PRIQEN counts only while SMMUEN is set (8.2). */
  private static boolean writable(VsmmuState state) {
    return state.enabled()
        && ControlFields.PRIQEN.isSet(state.registers().get(Register.CR0))
        && !state.active(GlobalError.PRIQ_ABT_ERR);
  }
}
