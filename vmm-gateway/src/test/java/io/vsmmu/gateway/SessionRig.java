package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A session with a scripted log and host, and a booted guest with one device before it. */
final class SessionRig implements AutoCloseable {

  static final int SID = 0x100;
  static final int LOG2_SIZE = 14;

  /** Longer than any test: a pending outcome is recorded with the next submission. */
  static final Duration LONG = Duration.ofMinutes(10);

  final ScriptedLog log = new ScriptedLog();
  final ScriptedHost host = new ScriptedHost();
  final GuestSession session;
  private QueuePointer prod = new QueuePointer(0, LOG2_SIZE);

  SessionRig(Duration outcomeDelay) {
    this(new SessionLimits(256, 128, outcomeDelay));
  }

  SessionRig(SessionLimits limits) {
    this("v", limits);
  }

  SessionRig(String vsmmu, SessionLimits limits) {
    session = new GuestSession(vsmmu, log, host, limits);
    IdRegisters ids = IdRegisters.DEFAULT.withStage2(false);
    does(new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, ids));
    does(
        new Stimulus.AttachDevice(
            SID,
            new HostDevice("0000:01:00.0", "smmu3.0", 1, ids, true),
            OnOffAuto.AUTO,
            ids,
            SteFetch.unknown(SID)));
    does(write(Register.CMDQ_BASE, 0x9000_0000L | LOG2_SIZE));
    does(write(Register.CR0, 1 | 8));
    log.forgetSubmissions();
  }

  static Stimulus.WriteRegister write(Register register, long value) {
    return new Stimulus.WriteRegister(
        register.offset(), register.widthBits() / 8, value, List.of());
  }

  Applied does(Stimulus stimulus) {
    return session.post(stimulus).join();
  }

  /** Rings the doorbell with these entries behind what was rung before. */
  CompletableFuture<Applied> rings(List<CommandEntry> entries) {
    return session.post(slice(entries));
  }

  ConsumeCommands slice(List<CommandEntry> entries) {
    prod = prod.advance(entries.size());
    return new ConsumeCommands(
        prod.value(),
        entries,
        List.of(),
        List.of(SteFetch.read(SID, StreamTableEntry.ofTwoWords(0x4000_000bL, 0))),
        false);
  }

  /** Reads the queue again from the fetch index, whichever doorbells were rung before. */
  ConsumeCommands again(List<CommandEntry> entries) {
    return new ConsumeCommands(prod.value(), entries, List.of(), List.of(), false);
  }

  static List<CommandEntry> tlbis(int count) {
    List<CommandEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(
          new TlbInvalidation.Va(
                  CommandOpcode.TLBI_NH_VA, 0, 1, InvalidationRange.single(i * 0x1000L, true))
              .encode());
    }
    return entries;
  }

  static List<CommandEntry> syncs(int count) {
    return java.util.Collections.nCopies(
        count, new SmmuCommand.Sync(SmmuCommand.Sync.CS_NONE, 0, 0, 0, 0).encode());
  }

  static CommandEntry cfgiSte() {
    return new ConfigInvalidation.Ste(SID, false, true).encode();
  }

  VsmmuState state() {
    return log.state();
  }

  @Override
  public void close() {
    session.close();
  }
}
