package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostOperation;
import java.util.List;

/** The state after the host reported the outcome of operations. */
final class HostOutcomeEvolution {

  private HostOutcomeEvolution() {}

  static void reported(StateEdit edit, HostOutcomeReported outcome) {
    if (outcome.completes()) {
      edit.registers = edit.registers.with(Register.CMDQ_CONS, outcome.cons());
      edit.commandQueue = new CommandQueue(edit.commandQueue.fetched(), -1);
    }
    kernelIds(edit, outcome.operations());
    boolean failing =
        outcome.operations().stream().anyMatch(operation -> !operation.succeeded())
            || edit.devices.keySet().stream()
                .map(edit.streams::get)
                .anyMatch(s -> s != null && s.reason() == Reason.HOST_FAILURE);
    if (!failing && edit.health.status() != Health.Status.OK) {
      edit.health = edit.health.healed();
    }
  }

  private static void kernelIds(StateEdit edit, List<HostOperation> operations) {
    for (HostOperation operation : operations) {
      HostObject object = edit.objects.get(operation.handle());
      if (object != null && operation.succeeded() && operation.kernelId() != 0) {
        edit.objects =
            edit.objects.plus(operation.handle(), object.withKernelId(operation.kernelId()));
      }
    }
  }

  static void failed(StateEdit edit, HostFailed failed) {
    HostOperation operation = failed.operation();
    String reason =
        "%s failed with %s%s%s"
            .formatted(
                operation.kind(),
                operation.errnoText(),
                operation.streamId() < 0
                    ? ""
                    : " for StreamID 0x" + Integer.toHexString(operation.streamId()),
                GroupCompleteness.explain(edit.state(), operation)
                    .map(why -> ": " + why)
                    .orElse(""));
    edit.health =
        edit.health.worsened(
            failed.closed() ? Health.Status.DEGRADED : Health.Status.FAILED, reason);
  }
}
