package io.vsmmu.control.session;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.control.request.VsmmuNames;
import io.vsmmu.control.vm.PhysicalSmmuRule;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.AlreadyRegisteredException;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.model.GroupCompleteness;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Carries out the requests of operators: creates, deletes, resets and pauses vSMMUs, attaches and
 * detaches devices. Creations and attachments in one named VM run one after the other ({@link
 * Vms#exclusively}).
 */
public final class VsmmuAdministration {

  private final EventDatabase database;
  private final LiveVsmmus live;
  private final VmmSockets sockets;
  private final DeviceAdmission admission;
  private final Clock clock;
  private final Vms vms;
  private final PhysicalSmmuRule oneVsmmuPerPhysicalSmmu;

  public VsmmuAdministration(
      EventDatabase database,
      Vms vms,
      LiveVsmmus live,
      VmmSockets sockets,
      DeviceAdmission admission,
      Clock clock) {
    this.database = database;
    this.live = live;
    this.sockets = sockets;
    this.admission = admission;
    this.clock = clock;
    this.vms = vms;
    this.oneVsmmuPerPhysicalSmmu = new PhysicalSmmuRule(vms, admission::state);
  }

  public Vms vms() {
    return vms;
  }

  /** The state after the newest event in the log; {@link VsmmuState#ABSENT} without events. */
  public VsmmuState state(RegisteredVsmmu vsmmu) {
    return admission.state(vsmmu);
  }

  /**
   * The vSMMU of that name.
   *
   * @throws RequestRefusedException if there is none that is not deleted
   */
  public RegisteredVsmmu named(String name) {
    return database
        .registry()
        .byName(name)
        .orElseThrow(
            () ->
                new RequestRefusedException(
                    Kind.NOT_FOUND, "name", name, "the name of a vSMMU (GET /api/v1/vsmmus)"));
  }

  /**
   * Creates a vSMMU.
   *
   * @param vm the VM that it belongs to, which has to exist, or {@link Vms#OWN}
   * @throws RequestRefusedException if the name or a property is not allowed, or the name is taken
   */
  public RegisteredVsmmu create(
      String name, String vm, VsmmuProperties properties, Durability durability, String subject) {
    if (!VsmmuNames.allows(name)) {
      throw new RequestRefusedException(Kind.INVALID, "name", name, VsmmuNames.ALLOWED_TEXT);
    }
    properties
        .outsideLimits()
        .ifPresent(
            problem -> {
              throw new RequestRefusedException(Kind.INVALID, List.of(problem));
            });
    sockets.check(name);
    Stimulus.Create create =
        new Stimulus.Create(Origin.LIVE, durability, properties, properties.shownBeforeHost(), vm);
    return vms.exclusively(
        vm,
        () -> {
          vms.checkRoom(vm);
          return begin(name, create, subject);
        });
  }

  private RegisteredVsmmu begin(String name, Stimulus.Create create, String subject) {
    RegisteredVsmmu vsmmu = register(name);
    try {
      live.created(vsmmu, create).submit(create, subject);
      sockets.listen(vsmmu);
    } catch (RuntimeException failed) {
      live.forget(vsmmu);
      database.registry().markDeleted(vsmmu.id());
      throw failed;
    }
    return vsmmu;
  }

  private RegisteredVsmmu register(String name) {
    Instant now = clock.instant();
    try {
      return database
          .registry()
          .register(name, UUID.randomUUID(), ChronoUnit.MICROS.between(Instant.EPOCH, now));
    } catch (AlreadyRegisteredException taken) {
      throw new RequestRefusedException(Kind.CONFLICT, "name", name, "a name that is not taken");
    }
  }

  /** Deletes a vSMMU. Its name is free then; its log stays and is readable under the id. */
  public void delete(String name, String subject) {
    RegisteredVsmmu vsmmu = named(name);
    if (live.isRecording(vsmmu) || live.isEmpty(vsmmu)) {
      database.registry().markDeleted(vsmmu.id());
      return;
    }
    sockets.end(vsmmu);
    live.of(vsmmu).submit(new Stimulus.Delete(), subject);
    live.forget(vsmmu);
    database.registry().markDeleted(vsmmu.id());
  }

  /**
   * Submits a stimulus that resets, pauses or resumes the vSMMU, or concerns its hardware queues.
   */
  public Applied control(String name, Stimulus stimulus, String subject) {
    return live.of(named(name)).submit(stimulus, subject);
  }

  /**
   * Attaches a host device to a vSMMU.
   *
   * @throws RequestRefusedException if the device cannot be attached, or the host refuses; then it
   *     is detached again
   */
  public Applied attach(
      String name, String hostDevice, int streamId, OnOffAuto ats, String subject) {
    RegisteredVsmmu vsmmu = named(name);
    return vms.exclusively(vms.of(vsmmu), () -> attach(vsmmu, hostDevice, streamId, ats, subject));
  }

  private Applied attach(
      RegisteredVsmmu vsmmu, String hostDevice, int streamId, OnOffAuto ats, String subject) {
    LiveVsmmu target = live.of(vsmmu);
    IdRegisters shownBefore = admission.state(vsmmu).ids();
    SteFetch fetch = sockets.read(vsmmu, streamId).orElseGet(() -> SteFetch.unknown(streamId));
    Stimulus.AttachDevice attach = admission.admit(vsmmu, hostDevice, fetch, ats);
    oneVsmmuPerPhysicalSmmu.check(vsmmu, attach.device());
    claim(vsmmu, attach.device());
    try {
      Applied applied = target.submit(attach, subject);
      undoRefused(target, applied, attach, shownBefore, subject);
      return applied;
    } finally {
      live.claims().set(vsmmu, admission.state(vsmmu));
    }
  }

  private void claim(RegisteredVsmmu vsmmu, HostDevice device) {
    live.claims()
        .claim(vsmmu, device.address(), device.group())
        .ifPresent(
            other -> {
              throw new RequestRefusedException(
                  Kind.CONFLICT,
                  "hostDevice",
                  device.address(),
                  "a device that, with its iommu group %d, is behind no other vSMMU; %s has it"
                      .formatted(device.group(), other.name()));
            });
  }

  /**
   * Undoes an attachment that the host refused. Three failures are no reason to refuse: an object
   * that could not be destroyed is destroyed later; a kernel without vEVENTQs only reports no
   * faults; and an incomplete IOMMU group can only be completed by attaching its devices one after
   * the other.
   */
  private void undoRefused(
      LiveVsmmu target,
      Applied applied,
      Stimulus.AttachDevice attach,
      IdRegisters shownBefore,
      String subject) {
    VsmmuState state = applied.decided().after();
    Optional<HostOperation> failed =
        applied.outcome().stream()
            .flatMap(outcome -> outcome.operations().stream())
            .filter(operation -> !operation.succeeded())
            .filter(operation -> operation.kind() != HostOperation.Kind.DESTROY)
            .filter(operation -> !lacksEventQueue(operation))
            .filter(operation -> GroupCompleteness.explain(state, operation).isEmpty())
            .findFirst();
    if (failed.isPresent()) {
      target.submit(
          new Stimulus.DetachDevice(attach.streamId(), Optional.of(shownBefore)), subject);
      HostOperation operation = failed.get();
      throw new RequestRefusedException(
          Kind.HOST_REFUSED, List.of(admission.explain(attach.device().address(), operation)));
    }
  }

  private static boolean lacksEventQueue(HostOperation operation) {
    return operation.kind() == HostOperation.Kind.ALLOC_VEVENTQ
        && operation.errno() == Errno.ENOTTY.number();
  }

  /** The vSMMU that has this host device. */
  public Optional<RegisteredVsmmu> holder(String address) {
    return live.claims().holder(address);
  }

  /** The vSMMU that has a device of this iommu group, and therefore may have the others. */
  public Optional<RegisteredVsmmu> holderOfGroup(int group) {
    return live.claims().holderOfGroup(group);
  }

  /** Detaches the device of a StreamID and destroys its objects on the host. */
  public Applied detach(String name, int streamId, String subject) {
    RegisteredVsmmu vsmmu = named(name);
    Applied applied = live.of(vsmmu).submit(new Stimulus.DetachDevice(streamId), subject);
    live.claims().set(vsmmu, applied.decided().after());
    return applied;
  }
}
