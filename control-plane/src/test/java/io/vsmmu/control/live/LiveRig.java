package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.replay.Divergence;
import io.vsmmu.control.replay.EventReplay;
import io.vsmmu.control.session.Service;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.scripted.guest.MemoryManner;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** One vSMMU of a service, and what is asked about it. */
final class LiveRig implements AutoCloseable {

  /** A host device and the StreamID that the guest knows it by. */
  static final String A = "0000:01:00.0";

  static final int SID_A = 0x100;

  /** Another one. */
  static final String B = "0000:02:00.0";

  static final int SID_B = 0x208;

  private static final int PRIQS = 17;

  private static final AtomicInteger NUMBER = new AtomicInteger();

  final Service service;
  final RegisteredVsmmu vsmmu;
  private final List<ScriptedGuest> guests = new ArrayList<>();

  private LiveRig(Service service, RegisteredVsmmu vsmmu) {
    this.service = service;
    this.vsmmu = vsmmu;
  }

  /** A vSMMU with nothing forced, and two devices behind it. */
  static LiveRig of(Service service) {
    return of(service, OnOffAuto.AUTO, Durability.COMMITTED);
  }

  /** A vSMMU with two devices behind it. */
  static LiveRig of(Service service, OnOffAuto msi, Durability durability) {
    LiveRig rig = withoutDevices(service, msi, durability);
    service.administration.attach(rig.vsmmu.name(), A, SID_A, OnOffAuto.OFF, "operator");
    service.administration.attach(rig.vsmmu.name(), B, SID_B, OnOffAuto.OFF, "operator");
    return rig;
  }

  /** A vSMMU that other guests' devices do not matter to. */
  static LiveRig withoutDevices(Service service, OnOffAuto msi, Durability durability) {
    VsmmuProperties properties =
        new VsmmuProperties(
            OnOffAuto.OFF, OnOffAuto.AUTO, VsmmuProperties.AUTO, VsmmuProperties.AUTO, msi);
    String name = "guest-" + NUMBER.incrementAndGet();
    return new LiveRig(
        service, service.administration.create(name, Vms.OWN, properties, durability, "operator"));
  }

  /** A vSMMU with a PRI queue, which no operator can ask for yet. */
  static LiveRig withPri(Service service) {
    String name = "guest-" + NUMBER.incrementAndGet();
    RegisteredVsmmu vsmmu = service.database.registry().register(name, UUID.randomUUID(), 0);
    IdRegisters ids = withPageRequests(IdRegisters.DEFAULT.withStage2(false).withAts(true));
    Stimulus.Create create =
        new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, ids);
    service.live.created(vsmmu, create).submit(create, "");
    service.sockets.start();
    return new LiveRig(service, vsmmu);
  }

  /** The same vSMMU in another process of the service. */
  LiveRig in(Service another) {
    return new LiveRig(another, vsmmu);
  }

  /** With IDR0.PRI and IDR1.PRIQS as large as Linux asks for. */
  private static IdRegisters withPageRequests(IdRegisters ids) {
    return ids.with(IdField.PRI, 1).with(IdField.PRIQS, PRIQS);
  }

  String name() {
    return vsmmu.name();
  }

  Path socket() {
    return service.sockets.path(vsmmu).orElseThrow();
  }

  /** A VMM with a guest that has not started. */
  ScriptedGuest guest(MemoryManner manner) throws IOException {
    ScriptedGuest guest = ScriptedGuest.connect(socket(), manner);
    guests.add(guest);
    return guest;
  }

  /** A guest that is up, its RAM by a descriptor. */
  ScriptedGuest booted() throws IOException {
    return booted(MemoryManner.DESCRIPTOR);
  }

  /** A guest that is up. */
  ScriptedGuest booted(MemoryManner manner) throws IOException {
    ScriptedGuest guest = guest(manner);
    guest.boot();
    return guest;
  }

  /** What the guest may see. */
  VsmmuState state() {
    return service.live.of(vsmmu).function().session().visible();
  }

  StreamState stream(int streamId) {
    return state().stream(streamId).orElseThrow();
  }

  /** Something happens that is not the guest's doing. */
  void submit(Stimulus stimulus) {
    service.live.of(vsmmu).submit(stimulus, "operator");
  }

  /** The log as it is now. */
  List<VsmmuEvent> events() {
    return service.events(vsmmu);
  }

  <E extends VsmmuEvent> List<E> events(Class<E> type) {
    return events().stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The state that the log gives. */
  VsmmuState fold() {
    return Service.fold(events());
  }

  /** Waits until the log contains this number of VmmDisconnected events. */
  void awaitDepartures(int count) {
    Await.until("VmmDisconnected in the log", () -> events(VmmDisconnected.class).size() >= count);
  }

  /** The log holds what the guest saw, and its hash chain is whole. */
  void assertLogComplete() {
    Await.until("the log has what the guest saw", () -> fold().equals(state()));
    assertThat(service.verdict(vsmmu)).startsWith("Intact");
  }

  /** Where a replay of the log onto a fresh host decides otherwise. */
  List<Divergence> divergences() {
    try (EventReplay replay = new EventReplay(new SimulatedReplayHost(), true)) {
      events().forEach(replay::accept);
      return replay.finish().divergences();
    }
  }

  /** The VMMs leave, the log is looked at, the vSMMU goes. */
  @Override
  public void close() {
    guests.forEach(ScriptedGuest::close);
    if (service.database.registry().byName(name()).isPresent()) {
      Await.until("the VMM has left", () -> !state().vmm().connected());
      assertLogComplete();
      service.administration.delete(name(), "operator");
    }
  }
}
