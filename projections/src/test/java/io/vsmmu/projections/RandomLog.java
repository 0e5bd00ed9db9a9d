package io.vsmmu.projections;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A random log with everything that guests, hosts and operators can do. */
public final class RandomLog {

  /** All addresses are in a few regions, so that queries find some of them. */
  private static final long[] REGIONS = {
    0, 0xfff0_0000L, 0x1_0000_0000L, 0xffff_ff80_0000_0000L, 0x7fff_ffff_f000L
  };

  private static final int[] SIDS = {0, 5, 0x900, 0x901, 0x7fff_ffff, -1};

  private final LogScript script;
  private final Random random;
  private final boolean recording;

  private RandomLog(LogScript script, Random random, boolean recording) {
    this.script = script;
    this.random = random;
    this.recording = recording;
  }

  public static RandomLog live(EventDatabase database, Random random) {
    LogScript script =
        LogScript.started(database).attach(0x900, "0000:01:00.0").enable().buffered();
    return new RandomLog(script, random, false);
  }

  public static RandomLog recording(EventDatabase database, Random random) {
    LogScript script =
        new LogScript(database).create(Origin.QEMU_TRACE).queues().enable().buffered();
    return new RandomLog(script, random, true);
  }

  /** A random log in memory. */
  public static RandomLog inMemory(Random random) {
    boolean recording = random.nextInt(4) == 0;
    LogScript script = LogScript.inMemory();
    if (recording) {
      script.create(Origin.QEMU_TRACE).queues().enable();
    } else {
      script.create(Origin.LIVE).queues().attach(0x900, "0000:01:00.0").enable();
    }
    return new RandomLog(script.buffered(), random, recording);
  }

  public LogScript script() {
    return script;
  }

  public int vsmmu() {
    return script.vsmmu();
  }

  public List<Long> positions() {
    return script.positions();
  }

  /** An address near those of the log's commands. */
  public static long address(Random random) {
    long region = REGIONS[random.nextInt(REGIONS.length)];
    return region + 0x1000L * random.nextInt(random.nextBoolean() ? 16 : 0x800);
  }

  public static int sid(Random random) {
    return SIDS[random.nextInt(SIDS.length)];
  }

  public static int asid(Random random) {
    return random.nextInt(10) == 0 ? random.nextInt(0x1_0000) : random.nextInt(6);
  }

  /** Appends further random events. */
  public RandomLog grow(int stimuli) {
    for (int i = 0; i < stimuli; i++) {
      act(stimulus());
    }
    script.flush();
    return this;
  }

  private void act(Stimulus stimulus) {
    if (Vsmmu.decide(script.state(), stimulus) instanceof Decision.Accepted) {
      script.act(stimulus);
    }
    if (script.state().commandQueueStopped() && random.nextInt(3) > 0) {
      script.acknowledge();
    }
  }

  private Stimulus stimulus() {
    return switch (random.nextInt(recording ? 34 : 28)) {
      case 9 -> write(Register.CR0, random.nextInt(0x20));
      case 10 -> strange();
      case 0 -> write(Register.CR0, random.nextBoolean() ? 0xd : 0xc);
      case 1 -> new Stimulus.ReportAbort(GlobalError.EVENTQ_ABT_ERR);
      case 2, 3 -> faults();
      case 4 -> outcome(random.nextInt(3) == 0 ? 16 : 0);
      case 5, 6, 7, 8 -> outcome(0);
      case 28 -> new Stimulus.ObserveTranslation(sid(random), 1, address(random), 0x1000);
      case 29 -> new Stimulus.ObserveReads(List.of(read(), read()));
      case 30 ->
          new Stimulus.ObserveHostCalls(
              List.of(
                  new RecordedHostCall(
                      "iommufd_backend_invalidate_cache", "", random.nextInt(3), 0, 1)));
      default -> slice();
    };
  }

  /** What happens rarely: resets, devices that come and go, other bases, lines without meaning. */
  private Stimulus strange() {
    return switch (random.nextInt(14)) {
      case 0 -> new Stimulus.Reset(Stimulus.ResetSource.VMM);
      case 1 -> new Stimulus.DetachDevice(0x900);
      case 2, 3 ->
          new Stimulus.AttachDevice(
              0x900,
              new HostDevice("0000:01:00.0", "smmu3.0", 0x900, LogScript.IDS, true),
              OnOffAuto.AUTO,
              LogScript.IDS,
              SteFetch.read(0x900, ste(random)));
      case 4 -> write(Register.STRTAB_BASE_CFG, random.nextInt(20));
      case 5 -> write(Register.CMDQ_BASE, random.nextLong() | random.nextInt(24));
      case 6 -> write(Register.EVENTQ_BASE, random.nextLong());
      case 7 -> write(Register.EVENTQ_CONS, random.nextInt());
      case 8 -> new Stimulus.ConnectVmm(1, 0);
      case 9 -> new Stimulus.DisconnectVmm("it ended");
      case 10 ->
          new Stimulus.KeepLines(
              7, List.of("smmuv3_record_event F_TRANSLATION sid=0x10", "other"), true);
      case 11 -> new Stimulus.UnmapMemory(0, -1);
      default -> new Stimulus.ReportFaults(List.of(), random.nextInt(3));
    };
  }

  private Stimulus write(Register register, long value) {
    return new Stimulus.WriteRegister(
        register.offset(), register.widthBits() / 8, value, List.of(SteFetch.unknown(0x900)));
  }

  private RegisterRead read() {
    return new RegisterRead(4 * random.nextInt(12), 4, random.nextInt(4));
  }

  private Stimulus faults() {
    List<EventRecord> records = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      records.add(
          EventRecord.of(
                  random.nextInt(3) > 0 ? EventType.F_TRANSLATION : EventType.C_BAD_STE,
                  sid(random))
              .with(EventFields.CLASS, 2)
              .withAddress(EventFields.INPUT_ADDR, address(random)));
    }
    return new Stimulus.ReportFaults(records, random.nextInt(4) / 3);
  }

  private Stimulus outcome(int errno) {
    HostOperation.Kind kind =
        random.nextBoolean() ? HostOperation.Kind.INVALIDATE : HostOperation.Kind.ATTACH;
    List<HostOperation> operations =
        random.nextBoolean() ? List.of() : List.of(LogScript.operation(kind, 0, 0x900, 0, errno));
    return new Stimulus.ReportHostOutcome(script.state().stimulus(), operations);
  }

  private Stimulus slice() {
    List<CommandEntry> entries = new ArrayList<>();
    List<CommandEntry> known = new ArrayList<>();
    List<SteFetch> fetches = new ArrayList<>();
    int count = random.nextInt(8) == 0 ? random.nextInt(60) : random.nextInt(5);
    for (int i = 0; i < count; i++) {
      SmmuCommand command = command();
      if (command instanceof ConfigInvalidation.Ste ste) {
        fetches.add(SteFetch.read(ste.sid(), ste(random)));
      }
      entries.add(command.encode());
    }
    entries.add(LogScript.sync().encode());
    if (recording && random.nextInt(4) == 0) {
      for (int i = 0; i < entries.size(); i++) {
        known.add(
            random.nextInt(3) == 0
                ? new CommandEntry(random.nextLong() | 0xff, random.nextLong())
                : new CommandEntry(-1, random.nextBoolean() ? -1 : 0));
      }
    }
    int prod =
        QueuePointer.normalise(
                (int) script.state().commandQueue().fetched(),
                script.state().commandQueueLog2Size())
            .advance(entries.size())
            .value();
    return new Stimulus.ConsumeCommands(
        random.nextInt(40) == 0 ? prod + 0x1ff : prod, entries, known, fetches, false);
  }

  private static StreamTableEntry ste(Random random) {
    return switch (random.nextInt(5)) {
      case 0, 1 -> LogScript.BYPASS_STE;
      case 2, 3 -> LogScript.TRANSLATE_STE;
      default -> StreamTableEntry.ofTwoWords(random.nextInt(16), random.nextLong());
    };
  }

  private SmmuCommand command() {
    return switch (random.nextInt(16)) {
      case 0 -> new TlbInvalidation.Asid(CommandOpcode.TLBI_NH_ASID, 0, asid(random));
      case 1 -> new TlbInvalidation.Vaa(CommandOpcode.TLBI_NH_VAA, 0, range());
      case 2 ->
          random.nextInt(4) > 0
              ? LogScript.tlbi(asid(random), address(random))
              : new TlbInvalidation.All(CommandOpcode.TLBI_NH_ALL, 0);
      case 3 ->
          random.nextInt(4) > 0
              ? LogScript.tlbi(asid(random), address(random))
              : new TlbInvalidation.All(CommandOpcode.TLBI_NSNH_ALL, 0);
      case 4 -> new ConfigInvalidation.Ste(sid(random), false, true);
      case 5 -> new ConfigInvalidation.CdAll(sid(random), false);
      case 6 ->
          new AtsCommand.AtcInvalidate(
              sid(random), false, 0, false, random.nextInt(53), address(random));
      case 7 -> new ConfigInvalidation.SteRange(sid(random), false, random.nextInt(32));
      case 8 ->
          random.nextInt(6) > 0
              ? LogScript.tlbi(asid(random), address(random))
              : new TlbInvalidation.All(CommandOpcode.TLBI_EL2_ALL, 0);
      default -> new TlbInvalidation.Va(CommandOpcode.TLBI_NH_VA, 0, asid(random), range());
    };
  }

  private InvalidationRange range() {
    return random.nextInt(3) > 0
        ? InvalidationRange.single(address(random), true)
        : new InvalidationRange(
            address(random),
            false,
            1 + random.nextInt(3),
            0,
            false,
            random.nextInt(random.nextInt(6) == 0 ? 32 : 6),
            random.nextInt(32));
  }
}
