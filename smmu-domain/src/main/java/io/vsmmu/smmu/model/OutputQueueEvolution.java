package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.spec.Register;

/** The state after the SMMU wrote to the event queue or the PRI queue, or raised an error. */
final class OutputQueueEvolution {

  private OutputQueueEvolution() {}

  static void faults(StateEdit edit, FaultsReported faults) {
    edit.registers = edit.registers.with(Register.EVENTQ_PROD, faults.prod());
    if (faults.lost() > 0) {
      edit.health =
          edit.health.worsened(
              Health.Status.DEGRADED, "the host lost " + faults.lost() + " fault records");
    }
  }

  static void pageRequests(StateEdit edit, PageRequestsReported requests) {
    edit.registers = edit.registers.with(Register.PRIQ_PROD, requests.prod());
  }

  static void raised(StateEdit edit, GlobalErrorRaised raised) {
    edit.registers = edit.registers.with(Register.GERROR, raised.gerror());
  }
}
