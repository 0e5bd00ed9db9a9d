package io.vsmmu.projections.view;

import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.GroupCompleteness;
import io.vsmmu.smmu.model.HardwareQueue;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.Observations;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VmmConnection;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import java.time.Instant;
import java.util.SequencedMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Shows a vSMMU's state as an ordered tree, which is the answer to {@code GET .../state} in the
 * REST interface. See {@link EventView} for the values.
 */
public final class StateView {

  private final VsmmuState state;
  private final LongFunction<@Nullable Long> positions;

  private StateView(VsmmuState state, LongFunction<@Nullable Long> positions) {
    this.state = state;
    this.positions = positions;
  }

  /**
   * The complete state.
   *
   * @param position of the last event in it
   * @param time of that event
   * @param positions gives the position of a sequence of this vSMMU, null if it is unknown
   */
  public static SequencedMap<String, @Nullable Object> of(
      long position, Instant time, VsmmuState state, LongFunction<@Nullable Long> positions) {
    return new StateView(state, positions).tree(position, time);
  }

  private SequencedMap<String, @Nullable Object> tree(long position, Instant time) {
    return new TreeBuilder()
        .put("position", position)
        .put("sequence", state.events() - 1)
        .put("time", time.toString())
        .name("lifecycle", state.lifecycle())
        .name("origin", state.origin())
        .name("durability", state.durability())
        .put("boots", state.boots())
        .put("properties", PartViews.properties(state.properties()))
        .put("registers", registers(state))
        .put("commandQueue", commandQueue(state))
        .put("eventQueue", eventQueue(state))
        .put("vmm", vmm(state.vmm()))
        .list("memory", state.memory().values(), PartViews::memory)
        .list("streams", state.streams().values(), this::stream)
        .list(
            "hwpts",
            state.objects().values().stream().filter(StateView::isHwpt).toList(),
            this::object)
        .list(
            "objects",
            state.objects().values().stream().filter(o -> !isHwpt(o)).toList(),
            this::object)
        .list("devices", state.devices().values(), this::device)
        .list("blind", state.hardwareQueues(), this::blind)
        .put("commands", commands(state))
        .put("recording", observations(state.observations()))
        .put("health", health(state.health()))
        .build();
  }

  /** Whether streams can be attached to the object. */
  public static boolean isHwpt(HostObject object) {
    return isHwpt(object.kind());
  }

  /** Whether streams can be attached to objects of this kind. */
  public static boolean isHwpt(HostObject.Kind kind) {
    return switch (kind) {
      case NESTED_HWPT, ABORT_PROXY, BYPASS_PROXY -> true;
      case IOAS, NESTING_PARENT, VIOMMU, VEVENTQ, DEVICE, VDEVICE, HARDWARE_QUEUE -> false;
    };
  }

  /** The values of all registers, by name. */
  public static SequencedMap<String, @Nullable Object> registers(VsmmuState state) {
    TreeBuilder tree = new TreeBuilder();
    for (Register register : Register.values()) {
      tree.hex(register.name(), state.value(register));
    }
    return tree.build();
  }

  /** Indexes, error and condition of the command queue. */
  public static SequencedMap<String, @Nullable Object> commandQueue(VsmmuState state) {
    long cons = state.value(Register.CMDQ_CONS);
    return new TreeBuilder()
        .hex("prod", TableFields.WR.get(state.value(Register.CMDQ_PROD)))
        .hex("cons", TableFields.RD.get(cons))
        .hex("fetched", state.commandQueue().fetched())
        .put("error", error((int) TableFields.CMDQ_CONS_ERR.get(cons)))
        .put("stopped", state.commandQueueStopped())
        .put("enabled", state.commandQueueEnabled())
        .put("awaitsHost", state.commandQueue().awaitsHost())
        .put("log2Size", state.commandQueueLog2Size())
        .build();
  }

  /** Indexes and overflow of the event queue. */
  public static SequencedMap<String, @Nullable Object> eventQueue(VsmmuState state) {
    long prod = state.value(Register.EVENTQ_PROD);
    long cons = state.value(Register.EVENTQ_CONS);
    return new TreeBuilder()
        .hex("prod", TableFields.WR.get(prod))
        .hex("cons", TableFields.RD.get(cons))
        .put("overflow", TableFields.OVFLG.isSet(prod) != TableFields.OVACKFLG.isSet(cons))
        .put("log2Size", state.eventQueueLog2Size())
        .build();
  }

  /** The number of commands that took effect, by name. */
  public static SequencedMap<String, @Nullable Object> commands(VsmmuState state) {
    TreeBuilder tree = new TreeBuilder();
    state.commands().byName().forEach(tree::put);
    return tree.build();
  }

  private SequencedMap<String, @Nullable Object> stream(StreamState it) {
    DeviceState device = state.devices().get(it.streamId());
    return new TreeBuilder()
        .sid(it.streamId())
        .name("configuration", it.configuration())
        .name("effective", it.effective())
        .put("ste", SteView.words(it.ste(), it.completeness()))
        .name("known", it.completeness())
        .put("steUnknown", PartViews.steUnknown(it.unknownSte()))
        .put("decoded", SteView.decoded(it.ste(), it.completeness()))
        .put("fault", PartViews.fault(state.faultOf(it)))
        .put("device", device == null ? null : device.device().address())
        .handle("hwpt", it.hwpt())
        .handle("vdevice", device == null ? 0 : device.vdeviceHandle())
        .put("since", positions.apply(it.since()))
        .name("reason", it.reason())
        .build();
  }

  private SequencedMap<String, @Nullable Object> object(HostObject it) {
    return new TreeBuilder()
        .put("handle", it.handle())
        .name("kind", it.kind())
        .put("kernelId", it.kernelId() == 0 ? null : it.kernelId())
        .put("sid", it.streamId() < 0 ? null : Hex.of(it.streamId()))
        .put("ste", isHwpt(it) ? Hex.words(it.word0(), it.word1()) : null)
        .put("since", positions.apply(it.since()))
        .build();
  }

  /**
   * A hardware queue, whose commands are not in the log, with the position since which it exists.
   */
  private SequencedMap<String, @Nullable Object> blind(HardwareQueue it) {
    return new TreeBuilder()
        .put("index", it.index())
        .hex("address", it.address())
        .put("size", it.size())
        .put("since", positions.apply(it.since()))
        .build();
  }

  private SequencedMap<String, @Nullable Object> device(DeviceState it) {
    return new TreeBuilder()
        .sid(it.streamId())
        .put("hostDevice", it.device().address())
        .put("physicalSmmu", it.device().physicalSmmu())
        .put("group", it.device().group())
        .put("groupMissing", GroupCompleteness.missing(state, it))
        .put("atsEnabled", it.atsEnabled())
        .handle("device", it.deviceHandle())
        .handle("vdevice", it.vdeviceHandle())
        .put("since", positions.apply(it.since()))
        .build();
  }

  private static SequencedMap<String, @Nullable Object> vmm(VmmConnection it) {
    return new TreeBuilder()
        .put("connected", it.connected())
        .put("pid", it.pid())
        .put("uid", it.uid())
        .put("connections", it.connections())
        .build();
  }

  private static SequencedMap<String, @Nullable Object> observations(Observations it) {
    return new TreeBuilder()
        .put("reads", it.reads())
        .put("differingReads", it.differingReads())
        .put("hostCalls", it.hostCalls())
        .put("hostInvalidations", it.hostInvalidations())
        .put("keptLines", it.keptLines())
        .build();
  }

  private static SequencedMap<String, @Nullable Object> health(Health it) {
    return new TreeBuilder()
        .name("status", it.status())
        .put("reasons", it.reasons())
        .put("failures", it.failures())
        .build();
  }

  /** Name of the error in CMDQ_CONS.ERR (IHI 0070, 6.3.28), 0 to 127. */
  public static String error(int code) {
    for (CommandError error : CommandError.values()) {
      if (error.code() == code) {
        return error.name();
      }
    }
    return "RESERVED_" + code;
  }
}
