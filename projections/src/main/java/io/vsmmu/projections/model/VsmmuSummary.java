package io.vsmmu.projections.model;

import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.GroupCompleteness;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.Lifecycle;
import io.vsmmu.smmu.model.Observations;
import io.vsmmu.smmu.model.VmmConnection;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.wire.EventKind;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The part of a vSMMU's newest state that a list of vSMMUs shows, stored so that the list needs no
 * folds. Its JSON form is stored in {@code vsmmu_summary}, so a change of its components requires a
 * higher {@code ReadModels.VERSION}.
 *
 * @param vm name of the VM that it was created in, empty if it has an unnamed VM of its own
 * @param events number of its events
 * @param position of its newest event, 0 if it has none
 * @param finished whether its newest event is the end of a recording
 */
public record VsmmuSummary(
    Origin origin,
    String vm,
    Lifecycle lifecycle,
    VsmmuProperties properties,
    Durability durability,
    VmmConnection vmm,
    Health health,
    Observations observations,
    List<Device> devices,
    long events,
    long position,
    boolean finished) {

  /** The summary of a vSMMU without events. */
  public static final VsmmuSummary NONE = of(VsmmuState.ABSENT, 0, 0);

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  public VsmmuSummary {
    devices = List.copyOf(devices);
  }

  /**
   * A device of the vSMMU.
   *
   * @param streamId the device's StreamID, unsigned
   * @param address PCI address on the host
   * @param group number of its iommu group
   * @param missing PCI addresses of the devices of its iommu group that are not behind the vSMMU
   * @param handle logical handle of the device's host object, 0 if it has none
   * @param vdeviceHandle logical handle of its vDEVICE, 0 if it has none
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

    /** The summary of a device of a vSMMU. */
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
   * The summary of a state.
   *
   * @param position of its last event
   * @param type number of that event's type
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
   * Reads the JSON of {@link #encode}.
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
