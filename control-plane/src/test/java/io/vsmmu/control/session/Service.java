package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.log.AxonDecisionLog;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.platform.rom.UefiDriver;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.testing.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Everything between an operator or guest and the log, as one process has it without its REST
 * interface, on a simulated host.
 */
public final class Service implements AutoCloseable {

  private static final int LOG2_SIZE = 14;

  public final EventDatabase database;
  public final SimulatedHost host;
  public final Vms vms;
  public final OptionRoms roms;
  public final LiveVsmmus live;
  public final VmmSockets sockets;
  public final DeviceAdmission admission;
  public final VsmmuAdministration administration;
  final AxonDecisionLog decisionLog;
  final TimeTravel states;

  /** A service with a new folder for its sockets. */
  Service(String url, SimulatedHost host) {
    this(url, host, folder());
  }

  /** A service whose sockets lie in {@code folder}. */
  public Service(String url, SimulatedHost host, Path folder) {
    this(url, host, folder, JournalSettings.in(TestPostgres.journal(url)));
  }

  /** A service whose journal a test observes. */
  Service(String url, SimulatedHost host, Path folder, JournalSettings journal) {
    this.host = host;
    database = EventDatabase.open(url, journal, EventLogLimits.DEFAULTS);
    decisionLog = new AxonDecisionLog(database);
    states = new TimeTravel(database.log(), database.snapshots());
    live = new LiveVsmmus(database, decisionLog, host, states);
    vms = new Vms(database);
    roms = new OptionRoms(UefiDriver.bundled(), vms, states);
    sockets = new VmmSockets(folder, Set.of(), live, roms);
    admission = new DeviceAdmission(host, states);
    administration =
        new VsmmuAdministration(database, vms, live, sockets, admission, Clock.systemUTC());
  }

  static Path folder() {
    try {
      return Files.createTempDirectory("vsmmu");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** A vSMMU with nothing forced, whose every decision is durable before its guest hears of it. */
  RegisteredVsmmu create(String name) {
    return administration.create(
        name, Vms.OWN, VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator");
  }

  /** The log of a vSMMU; its sequences have no hole. */
  public List<VsmmuEvent> events(RegisteredVsmmu vsmmu) {
    List<VsmmuEvent> events = new ArrayList<>();
    List<StoredEvent> stored = new ArrayList<>();
    database.log().read(vsmmu.id(), 0, Long.MAX_VALUE, stored::add);
    for (int i = 0; i < stored.size(); i++) {
      assertThat(stored.get(i).sequence()).isEqualTo(i);
      events.add(EventCodec.decode(stored.get(i).type(), stored.get(i).payload()));
    }
    return events;
  }

  /** The state that events give. */
  public static VsmmuState fold(List<VsmmuEvent> events) {
    var fold = new io.vsmmu.smmu.model.Vsmmu.Fold();
    events.forEach(fold::accept);
    return fold.state();
  }

  /** What the check of the hash chain says. */
  public String verdict(RegisteredVsmmu vsmmu) {
    return database.verifier().verify(vsmmu.id()).toString();
  }

  VsmmuState state(RegisteredVsmmu vsmmu) {
    return NewestState.of(states, vsmmu).orElseThrow();
  }

  /** Register writes as a Linux driver makes them, then the stream's STE. */
  void boots(RegisteredVsmmu vsmmu, int sid) {
    writes(vsmmu, Register.CR0, 0);
    writes(vsmmu, Register.CR1, 0xd75);
    writes(vsmmu, Register.CR2, 0x7);
    writes(vsmmu, Register.STRTAB_BASE, 0x4000_0000_4100_0000L);
    writes(vsmmu, Register.STRTAB_BASE_CFG, 0x10210);
    writes(vsmmu, Register.CMDQ_BASE, 0x4000_0000_4200_0000L | LOG2_SIZE);
    writes(vsmmu, Register.CMDQ_PROD, 0);
    writes(vsmmu, Register.CMDQ_CONS, 0);
    writes(vsmmu, Register.CR0, 8);
    writes(vsmmu, Register.EVENTQ_BASE, 0x4000_0000_4300_0000L | 10);
    writes(vsmmu, Register.CR0, 8 | 4);
    writes(vsmmu, Register.IRQ_CTRL, 5);
    writes(vsmmu, Register.CR0, 8 | 4 | 1);
    CommandEntry cfgi = new ConfigInvalidation.Ste(sid, false, true).encode();
    rings(vsmmu, sid, List.of(cfgi, sync()));
  }

  void writes(RegisteredVsmmu vsmmu, Register register, long value) {
    live.of(vsmmu)
        .function()
        .session()
        .post(
            new Stimulus.WriteRegister(
                register.offset(), register.widthBits() / 8, value, List.of()))
        .join();
  }

  void rings(RegisteredVsmmu vsmmu, int sid, List<CommandEntry> entries) {
    long fetched = state(vsmmu).commandQueue().fetched();
    live.of(vsmmu).function().session().post(slice(fetched, sid, entries)).join();
  }

  /** As {@link #rings}, with this STE of the stream in the guest's memory. */
  void rings(RegisteredVsmmu vsmmu, int sid, StreamTableEntry ste, List<CommandEntry> entries) {
    long fetched = state(vsmmu).commandQueue().fetched();
    live.of(vsmmu).function().session().post(slice(fetched, sid, ste, entries)).join();
  }

  static ConsumeCommands slice(long fetched, int sid, List<CommandEntry> entries) {
    return slice(fetched, sid, StreamTableEntry.ofTwoWords(0x4000_000bL, 0), entries);
  }

  private static ConsumeCommands slice(
      long fetched, int sid, StreamTableEntry ste, List<CommandEntry> entries) {
    return new ConsumeCommands(
        QueuePointer.normalise((int) fetched, LOG2_SIZE).advance(entries.size()).value(),
        entries,
        List.of(),
        List.of(SteFetch.read(sid, ste)),
        false);
  }

  /** 63 TLBI_NH_VA and a CMD_SYNC. */
  static List<CommandEntry> doorbell() {
    List<CommandEntry> entries = new ArrayList<>();
    for (int i = 0; i < 63; i++) {
      entries.add(
          new TlbInvalidation.Va(
                  CommandOpcode.TLBI_NH_VA, 0, 2, InvalidationRange.single(i * 0x1000L, true))
              .encode());
    }
    entries.add(sync());
    return entries;
  }

  static CommandEntry sync() {
    return new SmmuCommand.Sync(SmmuCommand.Sync.CS_NONE, 0, 0, 0, 0).encode();
  }

  @Override
  public void close() {
    sockets.close();
    live.close();
    decisionLog.close();
    database.close();
  }
}
