package io.vsmmu.host.apply;

import io.vsmmu.host.Errno;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.IommuContext;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Moves devices between HWPTs. Old HWPTs go last: the kernel destroys none that is attached. */
final class StreamSteps {

  private record Freed(long hwpt, int streamId) {}

  private final IommuContext context;
  private final OperationLog log;
  private final VsmmuState state;
  private final List<Freed> freed = new ArrayList<>();

  StreamSteps(IommuContext context, OperationLog log, VsmmuState state) {
    this.context = context;
    this.log = log;
    this.state = state;
  }

  void configure(StreamConfigured to) {
    DeviceState device = state.devices().get(to.streamId());
    if (device == null || !log.knows(device.deviceHandle())) {
      return;
    }
    if (to.freesHwpt() != 0) {
      freed.add(new Freed(to.freesHwpt(), to.streamId()));
    }
    boolean installed =
        (!to.allocatesHwpt() || allocate(device, to.hwpt(), to.hostWord0(), to.hostWord1()))
            && attach(device, to.hwpt());
    if (!installed) {
      failClosed(device, to);
    } else if (to.effective() == StreamBehaviour.TRANSLATE && to.freesHwpt() != 0) {
      forgetContextDescriptors(to);
    }
  }

  /** Destroys what no device uses any more. */
  void finish() {
    for (Freed old : freed) {
      if (log.knows(old.hwpt())) {
        int id = log.kernelId(old.hwpt());
        log.gone(Kind.DESTROY, old.hwpt(), old.streamId(), context.destroy(id));
      }
    }
    freed.clear();
  }

  /** Attaches every device to the HWPT that the state says. */
  void restore() {
    for (DeviceState device : state.devices().values()) {
      StreamState stream = state.streams().get(device.streamId());
      HostObject hwpt = stream == null ? null : state.objects().get(stream.hwpt());
      if (hwpt == null || !log.knows(device.deviceHandle())) {
        continue;
      }
      boolean present =
          log.knows(hwpt.handle()) || allocate(device, hwpt.handle(), hwpt.word0(), hwpt.word1());
      if (!present || !attach(device, hwpt.handle())) {
        attach(device, state.hostHandles().abortProxy());
      }
    }
  }

  private boolean allocate(DeviceState device, long hwpt, long word0, long word1) {
    long viommu = state.hostHandles().viommu();
    return log.made(
        Kind.ALLOC_HWPT,
        hwpt,
        viommu,
        device.streamId(),
        context.allocNestedHwpt(
            log.kernelId(device.deviceHandle()), log.kernelId(viommu), 0, word0, word1));
  }

  private boolean attach(DeviceState device, long hwpt) {
    return log.done(
        Kind.ATTACH,
        device.deviceHandle(),
        hwpt,
        device.streamId(),
        context.attach(log.kernelId(device.deviceHandle()), log.kernelId(hwpt)));
  }

  private void failClosed(DeviceState device, StreamConfigured wanted) {
    attach(device, state.hostHandles().abortProxy());
    if (wanted.allocatesHwpt() && log.knows(wanted.hwpt())) {
      freed.add(new Freed(wanted.hwpt(), wanted.streamId()));
    }
  }

  /**
   * CMD_CFGI_STE also forgets the CDs behind the STE (IHI 0070, 4.3.1). The kernel issues nothing
   * when the words of the STE stay the same (arm-smmu-v3.c, arm_smmu_write_entry), so the CDs are
   * invalidated here.
   */
  private void forgetContextDescriptors(StreamConfigured configured) {
    CommandEntry entry = new ConfigInvalidation.CdAll(configured.streamId(), false).encode();
    long viommu = state.hostHandles().viommu();
    InvalidationReport report =
        context.invalidate(
            log.kernelId(viommu), InvalidationBatch.of(entry.word0(), entry.word1()));
    Optional<Errno> errno = report.errno();
    log.invalidated(
        viommu,
        configured.streamId(),
        -1,
        1,
        errno,
        errno.isPresent() ? Math.max(configured.entry(), 0) : -1);
  }
}
