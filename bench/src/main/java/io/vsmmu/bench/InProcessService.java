package io.vsmmu.bench;

import io.vsmmu.control.log.AxonDecisionLog;
import io.vsmmu.control.session.DeviceAdmission;
import io.vsmmu.control.session.LiveVsmmus;
import io.vsmmu.control.session.OptionRoms;
import io.vsmmu.control.session.VmmSockets;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.IommuCall;
import io.vsmmu.host.simulated.IssuedCall;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.platform.rom.UefiDriver;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.wire.EventCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** The service in one process, from the socket to the simulated host, without REST. */
final class InProcessService implements AutoCloseable {

  private static final String SUBJECT = "bench";

  private final EventDatabase database;
  private final SimulatedHost host;
  private final LiveVsmmus live;
  private final VmmSockets sockets;
  private final VsmmuAdministration administration;
  private int devices;

  InProcessService(EventDatabase database, AxonDecisionLog decisionLog, Path folder) {
    this.database = database;
    List<String> addresses =
        List.of(address(0), address(1), address(2), address(3), address(4), address(5));
    host =
        new SimulatedHost(
            TopologyBuilder.recorded(TopologyBuilder.standardIds(), addresses).build());
    TimeTravel states = new TimeTravel(database.log(), database.snapshots());
    live = new LiveVsmmus(database, decisionLog, host, states);
    Vms vms = new Vms(database);
    sockets =
        new VmmSockets(folder, Set.of(), live, new OptionRoms(UefiDriver.bundled(), vms, states));
    administration =
        new VsmmuAdministration(
            database, vms, live, sockets, new DeviceAdmission(host, states), Clock.systemUTC());
  }

  private static String address(int device) {
    return "0000:%02x:00.0".formatted(device + 1);
  }

  /** A VMM that is connected to a new vSMMU without devices. */
  RawVmm connected(String name) throws IOException {
    return new RawVmm(socket(name, Durability.COMMITTED));
  }

  /** A guest that has initialised its vSMMU, with a device behind it. */
  LiveGuest booted(String name, Durability durability) throws IOException {
    Path socket = socket(name, durability);
    administration.attach(name, address(devices++), LiveGuest.STREAM, OnOffAuto.AUTO, SUBJECT);
    return new LiveGuest(socket);
  }

  private Path socket(String name, Durability durability) {
    RegisteredVsmmu vsmmu =
        administration.create(name, Vms.OWN, VsmmuProperties.ALL_AUTO, durability, SUBJECT);
    return sockets.path(vsmmu).orElseThrow();
  }

  /** The number of operations of the host so far. */
  long operations() {
    return host.callCount();
  }

  /**
   * The invalidation ioctls since an earlier moment.
   *
   * @param mark the value of {@link #operations} at that moment
   */
  List<IssuedCall> invalidationsSince(long mark) {
    return host.issuedCalls().stream()
        .filter(entry -> entry.index() >= mark)
        .filter(entry -> entry.operation() == IommuCall.INVALIDATE)
        .toList();
  }

  /** The number of commands in an invalidation ioctl. */
  static int commands(IssuedCall invalidation) {
    return invalidation.arguments().stream()
        .filter(InvalidationBatch.class::isInstance)
        .mapToInt(batch -> ((InvalidationBatch) batch).size())
        .sum();
  }

  /** The payload of the newest doorbell in a vSMMU's log. */
  byte[] newestDoorbell(String name) {
    int id = administration.named(name).id();
    AtomicReference<byte[]> newest = new AtomicReference<>(new byte[0]);
    database
        .log()
        .read(
            id,
            0,
            Long.MAX_VALUE,
            event -> {
              if (EventCodec.decode(event.type(), event.payload()) instanceof CommandsConsumed) {
                newest.set(event.payload());
              }
            });
    return newest.get();
  }

  @Override
  public void close() {
    sockets.close();
    live.close();
  }
}
