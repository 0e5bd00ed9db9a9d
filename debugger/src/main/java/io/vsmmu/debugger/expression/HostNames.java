package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.Member.Form;
import io.vsmmu.projections.view.PartViews;
import io.vsmmu.projections.view.StateView;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.GroupCompleteness;
import io.vsmmu.smmu.model.HardwareQueue;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.MemoryState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.MemorySharing;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names of what the host and the VMM have for a vSMMU: objects, devices, shared memory. */
final class HostNames {

  /** The names of an object of iommufd, whose owner is a {@link HostObject}. */
  static final Shape OBJECT = object();

  /** The names of a host device, whose owner is a {@link DeviceState}. */
  static final Shape DEVICE = device();

  /** The names of a region of guest memory, whose owner is a {@link MemoryState}. */
  static final Shape MEMORY = memory();

  /** The names of a hardware queue, whose owner is a {@link HardwareQueue}. */
  static final Shape HARDWARE_QUEUE = hardwareQueue();

  private HostNames() {}

  /** The object with a handle if it is a HWPT, or if it is none; else null. */
  static @Nullable HostObject object(VsmmuState state, long handle, boolean hwpt) {
    HostObject object = state.objects().get(handle);
    return object != null && StateView.isHwpt(object) == hwpt ? object : null;
  }

  private static Shape object() {
    return new Shape.Builder<HostObject>()
        .decimal("handle", "logical handle, never reused", (_, o) -> o.handle())
        .text(
            "kind",
            "kind of object",
            Shape.constants(HostObject.Kind.class),
            (_, o) -> o.kind().name())
        .decimal(
            "kernelId",
            "the kernel's id; null until the host has answered",
            (_, o) -> o.kernelId() == 0 ? null : (Long) (long) o.kernelId())
        .hex(
            "sid",
            "StreamID for which it was made; null for none",
            (_, o) -> o.streamId() < 0 ? null : (Long) (long) o.streamId())
        .numbers(
            "ste",
            "the two words of the vSTE that the host got for a HWPT; null for other objects",
            Form.HEXADECIMAL,
            (_, o) -> StateView.isHwpt(o) ? List.of(o.word0(), o.word1()) : null)
        .decimal(
            "since",
            "position of the event that asked for it",
            (moment, o) -> moment.positions().apply(o.since()))
        .build();
  }

  private static Shape device() {
    return new Shape.Builder<DeviceState>()
        .hex("sid", "StreamID", (_, d) -> Integer.toUnsignedLong(d.streamId()))
        .text("hostDevice", "PCI address", (_, d) -> d.device().address())
        .text("physicalSmmu", "name of the host's SMMU", (_, d) -> d.device().physicalSmmu())
        .decimal("group", "number of its iommu group", (_, d) -> (long) d.device().group())
        .texts(
            "groupMissing",
            "PCI addresses of the devices of its group that are not behind the vSMMU",
            Set.of(),
            (moment, d) -> GroupCompleteness.missing(moment.state(), d))
        .truth("atsEnabled", "whether it uses ATS", (_, d) -> d.atsEnabled())
        .decimal(
            "device", "handle of the bound device", (_, d) -> StreamNames.handle(d.deviceHandle()))
        .decimal(
            "vdevice", "handle of the vDEVICE", (_, d) -> StreamNames.handle(d.vdeviceHandle()))
        .decimal(
            "since",
            "position of the event that attached it",
            (moment, d) -> moment.positions().apply(d.since()))
        .build();
  }

  private static Shape memory() {
    return new Shape.Builder<MemoryState>()
        .hex("address", "guest-physical address", (_, m) -> m.address())
        .hex("size", "bytes", (_, m) -> m.size())
        .text(
            "access", "rw, r, w or nothing", (_, m) -> PartViews.access(m.readable(), m.writable()))
        .text(
            "sharing",
            "how the VMM shares it",
            Shape.constants(MemorySharing.class),
            (_, m) -> m.sharing().name())
        .build();
  }

  private static Shape hardwareQueue() {
    return new Shape.Builder<HardwareQueue>()
        .decimal("index", "from 0", (_, q) -> (long) q.index())
        .hex("address", "guest-physical address", (_, q) -> q.address())
        .decimal("size", "bytes", (_, q) -> q.size())
        .decimal(
            "since",
            "position of the event that allocated it",
            (moment, q) -> moment.positions().apply(q.since()))
        .build();
  }
}
