package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.Stimulus.ReportFaults;

/** The event queue's producer side with its overflow protocol (IHI 0070, 7.2 and 7.4). */
final class FaultDelivery {

  private FaultDelivery() {}

  static Decision decide(VsmmuState state, ReportFaults report) {
    Draft draft = new Draft(state);
    long prod = state.registers().get(Register.EVENTQ_PROD);
    int queued = 0;
    if (ControlFields.EVENTQEN.isSet(state.registers().get(Register.CR0))) {
      int free = free(state, prod);
      queued = Math.min(free, report.records().size());
      prod = produced(state, prod, queued, report.records().size() > free || report.lost() > 0);
    }
    draft.emit(new FaultsReported(report.records(), report.lost(), queued, prod));
    return draft.accepted();
  }

  private static int free(VsmmuState state, long prod) {
    int log2Size = state.eventQueueLog2Size();
    long cons = state.registers().get(Register.EVENTQ_CONS);
    int used =
        QueuePointer.normalise((int) TableFields.WR.get(prod), log2Size)
            .distanceFrom(QueuePointer.normalise((int) TableFields.RD.get(cons), log2Size));
    return Math.max(0, (1 << log2Size) - used);
  }

  /** OVFLG toggles once per overflow: only while the guest has acknowledged the one before. */
  private static long produced(VsmmuState state, long prod, int queued, boolean overflow) {
    long index =
        QueuePointer.normalise((int) TableFields.WR.get(prod), state.eventQueueLog2Size())
            .advance(queued)
            .value();
    long moved = TableFields.WR.set(prod, index);
    boolean active =
        TableFields.OVFLG.isSet(prod)
            != TableFields.OVACKFLG.isSet(state.registers().get(Register.EVENTQ_CONS));
    return overflow && !active ? moved ^ TableFields.OVFLG.mask() : moved;
  }
}
