package io.vsmmu.control.live;

import io.vsmmu.control.log.AxonDecisionLog;
import io.vsmmu.control.session.DeviceAdmission;
import io.vsmmu.control.session.LiveVsmmus;
import io.vsmmu.control.session.OptionRoms;
import io.vsmmu.control.session.VmmSockets;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.platform.rom.UefiDriver;
import io.vsmmu.projections.travel.TimeTravel;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;

/** The service as one process has it, without its REST interface. */
final class LiveService implements AutoCloseable {

  final EventDatabase database;
  final SimulatedHost host;
  final Vms vms;
  final OptionRoms roms;
  final LiveVsmmus live;
  final VmmSockets sockets;
  final DeviceAdmission admission;
  final VsmmuAdministration administration;
  private final AxonDecisionLog decisionLog;

  /** A service whose sockets lie in {@code folder}. */
  LiveService(String url, Path folder) {
    host = SimulatedHost.standard();
    database = EventDatabase.open(url, EventLogLimits.DEFAULTS);
    decisionLog = new AxonDecisionLog(database);
    TimeTravel states = new TimeTravel(database.log(), database.snapshots());
    live = new LiveVsmmus(database, decisionLog, host, states);
    vms = new Vms(database);
    roms = new OptionRoms(UefiDriver.bundled(), vms, states);
    sockets = new VmmSockets(folder, Set.of(), live, roms);
    admission = new DeviceAdmission(host, states);
    administration =
        new VsmmuAdministration(database, vms, live, sockets, admission, Clock.systemUTC());
  }

  @Override
  public void close() {
    sockets.close();
    live.close();
    decisionLog.close();
    database.close();
  }
}
