package io.vsmmu.debugger.expression;

import io.vsmmu.projections.view.StateView;
import io.vsmmu.smmu.model.CommandCounts;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.Lifecycle;
import io.vsmmu.smmu.model.Observations;
import io.vsmmu.smmu.model.VmmConnection;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of the state: those that {@link StateView} shows, and the fields of registers. The
 * names of devices, HWPTs and streams are in {@link StreamNames} and {@link HostNames}.
 */
final class StateNames {

  /** The names below the state itself, whose owner is a {@link VsmmuState}. */
  static final Shape ROOT = root();

  private StateNames() {}

  /** Whether a value of the state is that of the event after which the state is this. */
  static boolean ofMoment(String path) {
    return path.equals("position") || path.equals("time");
  }

  private static Shape root() {
    return new Shape.Builder<VsmmuState>()
        .growing(
            "position",
            "position of the event after which the state is this",
            (moment, _) -> moment.event() == null ? null : (Long) moment.event().position())
        .growing("sequence", "sequence of that event", (_, s) -> Math.max(0, s.events() - 1))
        .instant(
            "time",
            "when that event was recorded; compare it with \"2026-01-31T12:00:00Z\"",
            (moment, _) ->
                moment.event() == null ? null : (Long) moment.event().stored().timeMicros())
        .text(
            "lifecycle",
            "whether guest accesses are carried out",
            Shape.constants(Lifecycle.class),
            (_, s) -> s.lifecycle().name())
        .text(
            "origin",
            "live, or a recording",
            Shape.constants(Origin.class),
            (_, s) -> s.origin().name())
        .text(
            "durability",
            "when an event is acknowledged",
            Shape.constants(Durability.class),
            (_, s) -> s.durability().name())
        .growing("boots", "how often a guest began", (_, s) -> s.boots())
        .part("properties", "as they were chosen", properties(), (_, s) -> s.properties())
        .part("registers", "the register frame (IHI 0070, 6.3)", registers(), (_, s) -> s)
        .part("commandQueue", "the command queue", commandQueue(), (_, s) -> s)
        .part("eventQueue", "the event queue", eventQueue(), (_, s) -> s)
        .part("vmm", "the VMM", vmm(), (_, s) -> s.vmm())
        .items(
            "memory",
            "the guest memory that the VMM shares, by address",
            "address",
            HostNames.MEMORY,
            (_, s) -> s.memory().values(),
            (_, s, address) -> s.memory().get(address))
        .items(
            "streams",
            "the streams, by StreamID",
            "sid",
            StreamNames.STREAM,
            (_, s) -> s.streams().values(),
            (_, s, sid) -> isSid(sid) ? s.streams().get((int) sid) : null)
        .items(
            "hwpts",
            "the HWPTs, by logical handle",
            "handle",
            HostNames.OBJECT,
            (_, s) -> s.objects().values().stream().filter(StateView::isHwpt).toList(),
            (_, s, handle) -> HostNames.object(s, handle, true))
        .items(
            "objects",
            "the other objects of iommufd, by logical handle",
            "handle",
            HostNames.OBJECT,
            (_, s) -> s.objects().values().stream().filter(o -> !StateView.isHwpt(o)).toList(),
            (_, s, handle) -> HostNames.object(s, handle, false))
        .items(
            "devices",
            "the host devices, by StreamID",
            "sid",
            HostNames.DEVICE,
            (_, s) -> s.devices().values(),
            (_, s, sid) -> isSid(sid) ? s.devices().get((int) sid) : null)
        .list(
            "blind",
            "the hardware queues, whose commands the log does not contain",
            HostNames.HARDWARE_QUEUE,
            VsmmuState::hardwareQueues)
        .part("commands", "how many commands of each name took effect", counts(), (_, s) -> s)
        .part(
            "recording",
            "what a recording contains besides the guest's writes",
            recording(),
            (_, s) -> s.observations())
        .part("health", "whether the host holds what the log says", health(), (_, s) -> s.health())
        .build();
  }

  static boolean isSid(long key) {
    return key >>> Integer.SIZE == 0;
  }

  static Shape properties() {
    return new Shape.Builder<VsmmuProperties>()
        .text("ats", "IDR0.ATS", Shape.constants(OnOffAuto.class), (_, p) -> p.ats().name())
        .text("ril", "IDR3.RIL", Shape.constants(OnOffAuto.class), (_, p) -> p.ril().name())
        .decimal("oas", "output address size in bits; null for AUTO", (_, p) -> chosen(p.oas()))
        .decimal("ssidsize", "SubstreamID bits; null for AUTO", (_, p) -> chosen(p.ssidSize()))
        .text("msi", "IDR0.MSI", Shape.constants(OnOffAuto.class), (_, p) -> p.msi().name())
        .text(
            "cmdqv",
            "whether the guest may have hardware queues",
            Shape.constants(HardwareQueues.class),
            (_, p) -> p.hardwareQueues().name())
        .build();
  }

  private static @Nullable Long chosen(int size) {
    return size == VsmmuProperties.AUTO ? null : (Long) (long) size;
  }

  private static Shape registers() {
    Shape.Builder<VsmmuState> registers = new Shape.Builder<>();
    for (Register register : Register.values()) {
      registers.word(
          register.name(),
          "at 0x%x".formatted(register.offset()),
          Shape.bits(register.fields()),
          (_, s) -> s.value(register));
    }
    return registers.build();
  }

  private static Shape commandQueue() {
    return new Shape.Builder<VsmmuState>()
        .hex(
            "prod",
            "index with wrap bit that the guest wrote",
            (_, s) -> TableFields.WR.get(s.value(Register.CMDQ_PROD)))
        .hex(
            "cons",
            "index with wrap bit that the guest reads",
            (_, s) -> TableFields.RD.get(s.value(Register.CMDQ_CONS)))
        .hex("fetched", "index of the next entry to fetch", (_, s) -> s.commandQueue().fetched())
        .text(
            "error",
            "CMDQ_CONS.ERR",
            Shape.constants(CommandError.class),
            (_, s) ->
                StateView.error((int) TableFields.CMDQ_CONS_ERR.get(s.value(Register.CMDQ_CONS))))
        .truth("stopped", "GERROR.CMDQ_ERR is active", (_, s) -> s.commandQueueStopped())
        .truth("enabled", "CR0.CMDQEN", (_, s) -> s.commandQueueEnabled())
        .truth(
            "awaitsHost",
            "CONS moves only with the host's outcome",
            (_, s) -> s.commandQueue().awaitsHost())
        .decimal(
            "log2Size", "log2 of its entries in use", (_, s) -> (long) s.commandQueueLog2Size())
        .build();
  }

  private static Shape eventQueue() {
    return new Shape.Builder<VsmmuState>()
        .hex(
            "prod",
            "index with wrap bit that the guest reads",
            (_, s) -> TableFields.WR.get(s.value(Register.EVENTQ_PROD)))
        .hex(
            "cons",
            "index with wrap bit that the guest wrote",
            (_, s) -> TableFields.RD.get(s.value(Register.EVENTQ_CONS)))
        .truth(
            "overflow",
            "OVFLG differs from OVACKFLG",
            (_, s) ->
                TableFields.OVFLG.isSet(s.value(Register.EVENTQ_PROD))
                    != TableFields.OVACKFLG.isSet(s.value(Register.EVENTQ_CONS)))
        .decimal("log2Size", "log2 of its entries in use", (_, s) -> (long) s.eventQueueLog2Size())
        .build();
  }

  private static Shape vmm() {
    return new Shape.Builder<VmmConnection>()
        .truth("connected", "whether one is connected", (_, v) -> v.connected())
        .decimal("pid", "process id of the latest one", (_, v) -> v.pid())
        .decimal("uid", "user id of the latest one", (_, v) -> v.uid())
        .growing("connections", "how often one connected", (_, v) -> v.connections())
        .build();
  }

  private static Shape counts() {
    Shape.Builder<VsmmuState> counts = new Shape.Builder<>();
    for (String name : CommandCounts.names()) {
      counts.growing(name, "0 if there was none", (_, s) -> s.commands().of(name));
    }
    return counts.build();
  }

  private static Shape recording() {
    return new Shape.Builder<Observations>()
        .growing("reads", "register reads", (_, o) -> o.reads())
        .decimal(
            "differingReads",
            "reads that the state would have answered with another value",
            (_, o) -> o.differingReads())
        .growing("hostCalls", "calls of the recorded VMM to its host", (_, o) -> o.hostCalls())
        .growing(
            "hostInvalidations", "invalidation calls among them", (_, o) -> o.hostInvalidations())
        .growing("keptLines", "lines whose meaning is unknown", (_, o) -> o.keptLines())
        .build();
  }

  private static Shape health() {
    return new Shape.Builder<Health>()
        .text(
            "status",
            "the worst of the present problems",
            Shape.constants(Health.Status.class),
            (_, h) -> h.status().name())
        .texts("reasons", "the present problems", Set.of(), (_, h) -> h.reasons())
        .growing("failures", "host failures so far", (_, h) -> h.failures())
        .build();
  }
}
