package io.vsmmu.bench;

import io.vsmmu.control.log.AxonDecisionLog;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.SessionLimits;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.host.apply.InvalidationCounters;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A guest with one device behind its vSMMU, on a simulated host of its own. */
final class Guest implements AutoCloseable {

  /** Entries of one doorbell: 63 TLBI_NH_VA and a CMD_SYNC. */
  static final int ENTRIES = 64;

  private static final int LOG2_QUEUE = 18;
  private static final int STREAM = 0x100;
  private static final String DEVICE = "0000:01:00.0";
  private static final List<CommandEntry> DOORBELL = doorbell();

  private final RegisteredVsmmu vsmmu;
  private final VsmmuHost objects;
  private final GuestSession session;
  private QueuePointer prod = new QueuePointer(0, LOG2_QUEUE);

  /** A guest whose invalidations are synced. */
  Guest(EventDatabase database, AxonDecisionLog decisionLog, String name) {
    this(database, decisionLog, name, Durability.COMMITTED);
  }

  Guest(EventDatabase database, AxonDecisionLog decisionLog, String name, Durability durability) {
    SmmuIds host = TopologyBuilder.standardIds();
    vsmmu = database.registry().register(name, UUID.randomUUID(), 0);
    objects =
        new VsmmuHost(
            new VmSpace(
                new SimulatedHost(TopologyBuilder.recorded(host, List.of(DEVICE)).build(), 16)),
            _ -> {},
            new InvalidationCounters());
    session =
        new GuestSession(
            vsmmu.aggregateId().toString(),
            decisionLog,
            decided -> objects.apply(decided.events(), decided.sequence(), decided.after()),
            SessionLimits.DEFAULT);
    boot(host, durability);
  }

  private void boot(SmmuIds host, Durability durability) {
    IdRegisters ids = IdRegisters.DEFAULT.withStage2(false);
    IdRegisters hostIds = HostIds.read(host);
    post(new Stimulus.Create(Origin.LIVE, durability, VsmmuProperties.ALL_AUTO, ids));
    post(
        new Stimulus.AttachDevice(
            STREAM,
            new HostDevice(DEVICE, TopologyBuilder.SMMU0, 1, hostIds, true),
            OnOffAuto.AUTO,
            ids,
            SteFetch.unknown(STREAM)));
    write(Register.CMDQ_BASE, 0x4000_0000_4080_0000L | LOG2_QUEUE);
    write(Register.CR0, 0x8);
  }

  private void write(Register register, long value) {
    post(
        new Stimulus.WriteRegister(
            register.offset(), register.widthBits() / Byte.SIZE, value, List.of()));
  }

  private void post(Stimulus stimulus) {
    session.post(stimulus).join();
  }

  /**
   * Writes {@link #ENTRIES} further entries and CMDQ_PROD, and returns when they are consumed; on
   * the caller's thread, as the gateway does for a doorbell from a VMM.
   */
  Applied ring() {
    return session.perform(doorbellOfAll());
  }

  /** As {@link #ring}, without waiting for it. */
  CompletableFuture<Applied> post() {
    return session.post(doorbellOfAll());
  }

  private Stimulus doorbellOfAll() {
    prod = prod.advance(ENTRIES);
    return new Stimulus.ConsumeCommands(prod.value(), DOORBELL, List.of(), List.of(), false);
  }

  int id() {
    return vsmmu.id();
  }

  private static List<CommandEntry> doorbell() {
    List<CommandEntry> entries = new ArrayList<>();
    for (int i = 0; i < ENTRIES - 1; i++) {
      entries.add(
          new TlbInvalidation.Va(
                  CommandOpcode.TLBI_NH_VA,
                  0,
                  2,
                  InvalidationRange.single(0xffef_c000L + i * 0x1000L, true))
              .encode());
    }
    entries.add(new SmmuCommand.Sync(SmmuCommand.Sync.CS_NONE, 0, 0, 0, 0).encode());
    return entries;
  }

  @Override
  public void close() {
    session.close();
    objects.close();
  }
}
