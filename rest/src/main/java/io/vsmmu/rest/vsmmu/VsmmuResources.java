package io.vsmmu.rest.vsmmu;

import io.vsmmu.control.session.VmmSockets;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.model.VsmmuSummary;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.rest.vsmmu.VsmmuResource.HealthResource;
import io.vsmmu.rest.vsmmu.VsmmuResource.RecordingInfo;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.Lifecycle;
import io.vsmmu.smmu.model.Observations;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Builds the resources of vSMMUs from the registry, the read models and the logs. */
@Component
public class VsmmuResources {

  /** The lifecycle of an imported vSMMU, which can be read and replayed only. */
  static final String RECORDED = "RECORDED";

  /** The reason for which a recording whose import goes on is PARTIAL. */
  static final String NO_END = "the recording has no end yet: its import goes on";

  private final EventDatabase database;
  private final VsmmuDirectory directory;
  private final VmmSockets sockets;

  VsmmuResources(EventDatabase database, VsmmuDirectory directory, VmmSockets sockets) {
    this.database = database;
    this.directory = directory;
    this.sockets = sockets;
  }

  public VsmmuResource of(RegisteredVsmmu vsmmu) {
    return of(
        vsmmu,
        directory.head(vsmmu).map(this::summary).orElse(VsmmuSummary.NONE),
        directory.eventsBefore(List.of(vsmmu)).getOrDefault(vsmmu.id(), 0L));
  }

  /**
   * The vSMMUs by their numbers. Only those whose newest events the read models do not hold are
   * folded.
   */
  public Map<Integer, VsmmuResource> of(List<RegisteredVsmmu> vsmmus) {
    Map<Integer, VsmmuSummary> known =
        directory.summaries(vsmmus.stream().map(RegisteredVsmmu::id).toList());
    Map<Integer, Long> before = directory.eventsBefore(vsmmus);
    Map<Integer, VsmmuResource> resources = new LinkedHashMap<>();
    for (RegisteredVsmmu vsmmu : vsmmus) {
      VsmmuSummary summary = known.get(vsmmu.id());
      resources.put(
          vsmmu.id(),
          summary == null ? of(vsmmu) : of(vsmmu, summary, before.getOrDefault(vsmmu.id(), 0L)));
    }
    return resources;
  }

  /**
   * @param before the number of events before the log, which is a part of another one if it is not
   *     0
   */
  private VsmmuResource of(RegisteredVsmmu vsmmu, VsmmuSummary it, long before) {
    boolean recorded = it.origin() != Origin.LIVE;
    boolean finished = recorded && it.finished();
    boolean importing = vsmmu.importStatus() == RegisteredVsmmu.ImportStatus.IMPORTING;
    return new VsmmuResource(
        vsmmu.aggregateId().toString(),
        vsmmu.name(),
        it.vm().isEmpty() ? null : it.vm(),
        socket(vsmmu),
        it.origin().name(),
        lifecycle(vsmmu, it.lifecycle()),
        properties(it.properties()),
        it.durability().name(),
        VsmmuResource.VmmInfo.of(it.vmm(), sockets.frame(vsmmu)),
        health(it.health(), importing),
        it.events() - before,
        it.position() == 0 ? null : (Long) it.position(),
        recorded ? recording(it.observations(), finished) : null,
        it.devices().stream().map(DeviceResource::of).toList(),
        vsmmu.createdAt(),
        vsmmu.deletedAt());
  }

  private @Nullable String socket(RegisteredVsmmu vsmmu) {
    return sockets.path(vsmmu).map(Path::toString).orElse(null);
  }

  /** The entity tag of the vSMMU, which changes with each of its events. */
  public String etag(RegisteredVsmmu vsmmu) {
    return etag(vsmmu, directory.head(vsmmu).map(m -> m.state().events()).orElse(0L));
  }

  /** The entity tag of the vSMMU at one point of its log. */
  public String etag(RegisteredVsmmu vsmmu, StateAtEvent moment) {
    return etag(vsmmu, moment.state().events());
  }

  static String etag(RegisteredVsmmu vsmmu, long events) {
    return "W/\"%d.%d\"".formatted(vsmmu.id(), events);
  }

  private static String lifecycle(RegisteredVsmmu vsmmu, Lifecycle now) {
    if (vsmmu.deletedAt() != null) {
      return Lifecycle.DELETED.name();
    }
    return vsmmu.importStatus() == RegisteredVsmmu.ImportStatus.CREATED_HERE
        ? now.name()
        : RECORDED;
  }

  private VsmmuSummary summary(StateAtEvent head) {
    List<StoredEvent> last = database.log().readPage(head.vsmmu(), head.sequence(), 1);
    return VsmmuSummary.of(
        head.state(), head.position(), last.isEmpty() ? 0 : last.getFirst().type());
  }

  private static VsmmuResource.Properties properties(VsmmuProperties it) {
    return new VsmmuResource.Properties(
        it.ats().name(),
        it.ril().name(),
        bits(it.oas()),
        bits(it.ssidSize()),
        it.msi().name(),
        it.hardwareQueues().name());
  }

  private static @Nullable Integer bits(int property) {
    return property == VsmmuProperties.AUTO ? null : property;
  }

  private static HealthResource health(Health health, boolean importing) {
    boolean partial = importing && health.status() == Health.Status.OK;
    List<String> reasons = new ArrayList<>(health.reasons());
    if (importing) {
      reasons.add(NO_END);
    }
    Health.Status status = partial ? Health.Status.PARTIAL : health.status();
    return new HealthResource(status.name(), reasons, health.failures());
  }

  private static RecordingInfo recording(Observations it, boolean finished) {
    return new RecordingInfo(
        finished,
        it.reads(),
        it.differingReads(),
        it.hostCalls(),
        it.hostInvalidations(),
        it.keptLines());
  }
}
