package io.vsmmu.control.session;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.control.request.VsmmuNames;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.AlreadyRegisteredException;
import io.vsmmu.db.log.Vsmmu;
import io.vsmmu.gateway.Applied;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.stimulus.AutoSwitch;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Properties;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/** What operators do with vSMMUs. */
public final class VsmmuAdministration {

  /** What a vSMMU shows before a host is known: stage 1 only. */
  public static final IdRegisters SHOWN = IdRegisters.DEFAULT.withStage2(false);

  private final EventDatabase database;
  private final LiveVsmmus live;
  private final DeviceAdmission admission;
  private final Clock clock;

  public VsmmuAdministration(
      EventDatabase database, LiveVsmmus live, DeviceAdmission admission, Clock clock) {
    this.database = database;
    this.live = live;
    this.admission = admission;
    this.clock = clock;
  }

  /** The living vSMMU of that name. */
  public Vsmmu named(String name) {
    return database
        .registry()
        .byName(name)
        .orElseThrow(
            () ->
                new RequestRefusedException(
                    Kind.NOT_FOUND, "name", name, "the name of a vSMMU (GET /api/v1/vsmmus)"));
  }

  /** Creates a vSMMU. */
  public Vsmmu create(String name, Properties properties, Durability durability, String subject) {
    if (!VsmmuNames.ALLOWED.matcher(name).matches()) {
      throw new RequestRefusedException(Kind.INVALID, "name", name, VsmmuNames.ALLOWED_TEXT);
    }
    Vsmmu vsmmu = register(name);
    live.created(vsmmu)
        .submit(
            new Stimulus.Create(Origin.LIVE, durability, properties, shown(properties)), subject);
    return vsmmu;
  }

  private Vsmmu register(String name) {
    Instant now = clock.instant();
    try {
      return database
          .registry()
          .register(name, UUID.randomUUID(), ChronoUnit.MICROS.between(Instant.EPOCH, now));
    } catch (AlreadyRegisteredException taken) {
      throw new RequestRefusedException(Kind.CONFLICT, "name", name, "a name that is not taken");
    }
  }

  private static IdRegisters shown(Properties properties) {
    IdRegisters ids =
        SHOWN
            .withAts(properties.ats() == AutoSwitch.ON)
            .withRangeInvalidation(properties.ril() != AutoSwitch.OFF);
    ids = properties.oas() == Properties.AUTO ? ids : ids.withOasBits(properties.oas());
    return properties.ssidSize() == Properties.AUTO ? ids : ids.withSsidSize(properties.ssidSize());
  }

  /** Deletes a vSMMU; its name is free again, its log stays readable by position. */
  public void delete(String name, String subject) {
    Vsmmu vsmmu = named(name);
    if (live.isRecording(vsmmu)) {
      database.registry().markDeleted(vsmmu.id());
      return;
    }
    live.of(vsmmu).submit(new Stimulus.Delete(), subject);
    live.forget(vsmmu);
    database.registry().markDeleted(vsmmu.id());
  }

  /** Resets, pauses or resumes. */
  public Applied control(String name, Stimulus stimulus, String subject) {
    return live.of(named(name)).submit(stimulus, subject);
  }

  /** Places a host device behind the vSMMU; undone when the host refuses. */
  public Applied attach(
      String name, String hostDevice, int streamId, AutoSwitch ats, String subject) {
    Vsmmu vsmmu = named(name);
    LiveVsmmu target = live.of(vsmmu);
    Stimulus.AttachDevice attach = admission.admit(vsmmu, hostDevice, streamId, ats);
    Applied applied = target.submit(attach, subject);
    Optional<HostOperation> failed =
        applied.outcome().stream()
            .flatMap(outcome -> outcome.operations().stream())
            .filter(operation -> !operation.succeeded())
            .findFirst();
    if (failed.isPresent()) {
      target.submit(new Stimulus.DetachDevice(streamId), subject);
      HostOperation operation = failed.get();
      throw new RequestRefusedException(
          Kind.HOST_REFUSED,
          "hostDevice",
          hostDevice,
          "a device that the host lets attach: %s failed with errno %d; the attach was undone"
              .formatted(operation.kind(), operation.errno()));
    }
    return applied;
  }

  /** Takes a device away. */
  public Applied detach(String name, int streamId, String subject) {
    return live.of(named(name)).submit(new Stimulus.DetachDevice(streamId), subject);
  }
}
