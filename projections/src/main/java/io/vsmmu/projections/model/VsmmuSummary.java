package io.vsmmu.projections.model;

import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.GroupCompleteness;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.Lifecycle;
import io.vsmmu.smmu.model.Observations;
import io.vsmmu.smmu.model.Vmm;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Properties;
import io.vsmmu.smmu.wire.EventKind;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a list of vSMMUs shows of each: the part of its newest state that no fold should be needed
 * for.
 *
 * @param vm name of its VM, empty for one of its own
 * @param events how many events it has
 * @param position of its newest event, 0 without one
 * @param finished whether its newest event is the end of a recording
 */
public record VsmmuSummary(
    Origin origin,
    String vm,
    Lifecycle lifecycle,
    Properties properties,
    Durability durability,
    Vmm vmm,
    Health health,
    Observations observations,
    List<Device> devices,
    long events,
    long position,
    boolean finished) {

  /** Of a vSMMU without events. */
  public static final VsmmuSummary NONE = of(VsmmuState.ABSENT, 0, 0);

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  public VsmmuSummary {
    devices = List.copyOf(devices);
  }

  /**
   * A device.
   *
   * @param address PCI address
   * @param missing PCI addresses that its iommu group misses
   * @param handle of the device, 0 if it has none
   * @param vdeviceHandle of the vDEVICE, 0 if it has none
   */
  public record Device(
      int streamId,
      String address,
      String physicalSmmu,
      int group,
      List<String> missing,
      boolean atsEnabled,
      long handle,
      long vdeviceHandle) {

    /** What is shown of a device. */
    public static Device of(VsmmuState vsmmu, DeviceState state) {
      return new Device(
          state.streamId(),
          state.device().address(),
          state.device().physicalSmmu(),
          state.device().group(),
          GroupCompleteness.missing(vsmmu, state),
          state.atsEnabled(),
          state.deviceHandle(),
          state.vdeviceHandle());
    }
  }

  /**
   * What is shown of a state.
   *
   * @param type number of the type of its last event
   */
  public static VsmmuSummary of(VsmmuState state, long position, int type) {
    return new VsmmuSummary(
        state.origin(),
        state.vm(),
        state.lifecycle(),
        state.properties(),
        state.durability(),
        state.vmm(),
        state.health(),
        state.observations(),
        state.devices().values().stream().map(it -> Device.of(state, it)).toList(),
        state.events(),
        position,
        type == EventKind.RECORDING_FINISHED.number());
  }

  byte[] encode() {
    return JSON.writeValueAsBytes(this);
  }

  /**
   * Reads back what {@link #encode} gave.
   *
   * @throws ReadModelException if it is something else
   */
  public static VsmmuSummary decode(byte[] encoded) {
    try {
      return JSON.readValue(encoded, VsmmuSummary.class);
    } catch (JacksonException unreadable) {
      throw new ReadModelException("A summary of a vSMMU cannot be read", unreadable);
    }
  }
}
