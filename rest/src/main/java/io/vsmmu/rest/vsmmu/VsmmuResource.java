package io.vsmmu.rest.vsmmu;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.model.VmmConnection;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

@Schema(name = "Vsmmu", description = "A virtual SMMUv3")
public record VsmmuResource(
    @Schema(description = "Never used again, even when the name is") String id,
    @Schema(example = "vm1") String name,
    @Nullable @Schema(description = "Name of its VM; null for one of its own") String vm,
    @Nullable
        @Schema(
            description =
                "Path of the vfio-user socket that a VMM connects to; null for a recording, for one"
                    + " that is deleted, and where sockets are off")
        String socket,
    @Schema(description = "LIVE, or QEMU_TRACE for a recording") String origin,
    @Schema(
            description =
                "ABSENT before its first event, RUNNING, PAUSED, DELETED; RECORDED for what was"
                    + " imported")
        String lifecycle,
    Properties properties,
    @Schema(
            description =
                "What invalidations survive: JOURNALED (the end of every process), COMMITTED"
                    + " (also that of the machine); BOUNDED_LOSS in older logs")
        String durability,
    @Schema(description = "The VMM at its socket") VmmInfo vmm,
    HealthResource health,
    @Schema(description = "How many events it has") long events,
    @Nullable @Schema(description = "Position of its newest event") Long position,
    @Nullable @Schema(description = "What a recording holds; null for a live vSMMU")
        RecordingInfo recording,
    List<DeviceResource> devices,
    Instant createdAt,
    @Nullable Instant deletedAt) {

  @Schema(name = "VsmmuProperties")
  public record Properties(
      @Schema(description = "ON, OFF or AUTO") String ats,
      @Schema(description = "ON, OFF or AUTO") String ril,
      @Nullable @Schema(description = "Bits; null for as the host has it") Integer oas,
      @Nullable @Schema(description = "Bits; null for as the host has it") Integer ssidsize,
      @Schema(description = "ON, OFF, or AUTO for as the VMM shares memory") String msi,
      @Schema(description = "OFF, or ACCEPT_BLIND: hardware queues that the log does not see")
          String cmdqv) {}

  @Schema(name = "VmmInfo")
  public record VmmInfo(
      @Schema(description = "Whether a VMM is connected now") boolean connected,
      @Schema(description = "Process id of the last one; 0 if none or not known") long pid,
      @Schema(description = "User id of the last one") long uid,
      @Schema(description = "How many connections there have been") long connections,
      @Nullable
          @Schema(
              description =
                  "Where the guest has the register frame now, as its firmware or kernel wrote it"
                      + " into BAR 0; null while the function does not decode memory",
              example = "0x8000000000")
          String frame) {

    static VmmInfo of(VmmConnection vmm, OptionalLong frame) {
      return new VmmInfo(
          vmm.connected(),
          vmm.pid(),
          vmm.uid(),
          vmm.connections(),
          frame.isPresent() ? Hex.of(frame.getAsLong()) : null);
    }
  }

  @Schema(name = "VsmmuHealth")
  public record HealthResource(
      @Schema(description = "OK, PARTIAL (a recording without its end), DEGRADED, FAILED")
          String status,
      @Schema(description = "Newest last") List<String> reasons,
      @Schema(description = "Host failures so far") long failures) {}

  @Schema(name = "RecordingInfo")
  public record RecordingInfo(
      @Schema(description = "Whether its end was recorded too") boolean finished,
      @Schema(description = "Register reads of the guest") long reads,
      @Schema(description = "Reads whose recorded value is not the one of this model")
          long differingReads,
      @Schema(description = "Calls of the recorded VMM to its host") long hostCalls,
      @Schema(description = "Invalidation calls among them") long hostInvalidations,
      @Schema(description = "Lines kept as they were") long keptLines) {}
}
