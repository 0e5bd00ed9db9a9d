package io.vsmmu.debugger;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** The log of a guest, a VMM, a host and operators that do something random again and again. */
public final class RandomLog {

  private static final long ORIGIN_MICROS = 1_700_000_000_000_000L;
  private static final int CHUNK = 1024;
  private static final int[] SIDS = {0x900, 0x901, 5};

  private final Random random;
  private final List<VsmmuEvent> events = new ArrayList<>();
  private final List<Long> causes = new ArrayList<>();
  private VsmmuState state = VsmmuState.ABSENT;

  /**
   * @param recording whether it is the log of a recording
   */
  public RandomLog(Random random, boolean recording) {
    this.random = random;
    act(
        new Stimulus.Create(
            recording ? Origin.QEMU_TRACE : Origin.LIVE,
            Durability.COMMITTED,
            VsmmuProperties.ALL_AUTO,
            IdRegisters.DEFAULT.withStage2(false)));
    write(Register.STRTAB_BASE, 0x4000_0000L);
    write(Register.STRTAB_BASE_CFG, 16);
    write(Register.CMDQ_BASE, 0x5000_0000L | 8);
    write(Register.EVENTQ_BASE, 0x6000_0000L | 7);
    write(Register.CR0, 0xd);
  }

  /** Everything that happened, in order. */
  public List<VsmmuEvent> events() {
    return events;
  }

  /** Lets random things happen until there are at least as many events. */
  public RandomLog grow(int least) {
    while (events.size() < least) {
      act(stimulus());
      if (state.commandQueueStopped() && random.nextBoolean()) {
        write(Register.GERRORN, state.value(Register.GERROR));
      }
    }
    return this;
  }

  /** Writes the log into a database and returns the number of its vSMMU. */
  public int store(EventDatabase database) {
    UUID id = UUID.randomUUID();
    int vsmmu = database.registry().register("v-" + id, id, ORIGIN_MICROS).id();
    for (int from = 0; from < events.size(); from += CHUNK) {
      List<NewEvent> chunk = new ArrayList<>();
      for (int i = from; i < Math.min(events.size(), from + CHUNK); i++) {
        VsmmuEvent event = events.get(i);
        chunk.add(
            new NewEvent(
                i,
                ORIGIN_MICROS + 1000L * i,
                EventCodec.typeOf(event),
                causes.get(i) < 0 ? null : causes.get(i),
                null,
                EventCodec.encode(event)));
      }
      database.writer().append(vsmmu, chunk, AppendDurability.JOURNALED);
    }
    return vsmmu;
  }

  private void act(Stimulus stimulus) {
    if (Vsmmu.decide(state, stimulus) instanceof Decision.Accepted accepted) {
      int first = events.size();
      for (VsmmuEvent event : accepted.events()) {
        causes.add(events.size() == first ? -1L : (long) first);
        events.add(event);
      }
      state = accepted.after();
    }
  }

  private void write(Register register, long value) {
    act(
        new Stimulus.WriteRegister(
            register.offset(), register.widthBits() / 8, value, List.of(fetch(), fetch())));
  }

  private Stimulus stimulus() {
    boolean recording = state.origin() == Origin.QEMU_TRACE;
    return switch (random.nextInt(recording ? 32 : 26)) {
      case 0 -> registerWrite(Register.CR0, random.nextBoolean() ? 0xd : 0xc);
      case 1 -> registerWrite(Register.GBPA, random.nextBoolean() ? 0x8010_1000L : 0x8000_1000L);
      case 2, 3, 4 -> faults();
      case 5 ->
          random.nextBoolean()
              ? new Stimulus.Reset(Stimulus.ResetSource.VMM)
              : new Stimulus.ReportAbort(GlobalError.EVENTQ_ABT_ERR);
      case 6 -> attach();
      case 7 -> random.nextInt(3) == 0 ? new Stimulus.DetachDevice(sid()) : attach();
      case 8 -> new Stimulus.ConnectVmm(4711, 1000);
      case 9 ->
          new Stimulus.MapMemory(
              0x1000_0000L * random.nextInt(4), 0x1000, true, true, MemorySharing.FILE);
      case 10 -> new Stimulus.UnmapMemory(0x1000_0000L * random.nextInt(4), 0x1000_0000);
      case 11 -> random.nextInt(3) == 0 ? new Stimulus.DisconnectVmm("gone") : slice();
      case 12 -> random.nextBoolean() ? new Stimulus.Pause() : new Stimulus.Resume();
      case 13, 14, 15, 16 -> outcome();
      case 17 ->
          new Stimulus.ReportPageRequests(
              List.of(new PageRequest(random.nextLong(), random.nextLong())), random.nextInt(2));
      case 26 -> new Stimulus.ObserveTranslation(sid(), 1, address(), 0x1000);
      case 27 -> new Stimulus.ObserveReads(List.of(new RegisterRead(4 * random.nextInt(12), 4, 7)));
      case 28 ->
          new Stimulus.ObserveHostCalls(
              List.of(
                  new RecordedHostCall(
                      "iommufd_backend_invalidate_cache", "", 1, -22, 17, random.nextInt(3) - 1L)));
      case 29 -> new Stimulus.KeepLines(3, List.of("a line", "another"), random.nextBoolean());
      default -> slice();
    };
  }

  private Stimulus registerWrite(Register register, long value) {
    return new Stimulus.WriteRegister(
        register.offset(), register.widthBits() / 8, value, List.of(fetch()));
  }

  private SteFetch fetch() {
    return random.nextInt(4) == 0
        ? SteFetch.failed(sid(), SteFetch.Outcome.FETCH_FAULT)
        : SteFetch.read(sid(), ste());
  }

  private StreamTableEntry ste() {
    return switch (random.nextInt(4)) {
      case 0 -> StreamTableEntry.ofTwoWords(0x9, 0);
      case 1 -> StreamTableEntry.ofTwoWords(0, 0);
      default -> StreamTableEntry.ofTwoWords(0x1_0000_000bL | (long) random.nextInt(3) << 12, 0x2a);
    };
  }

  private Stimulus attach() {
    int sid = sid();
    HostDevice device =
        new HostDevice(
            "0000:01:00.%x".formatted(sid & 7),
            "smmu3.0",
            sid,
            IdRegisters.DEFAULT.withStage2(false),
            false);
    return new Stimulus.AttachDevice(
        sid,
        device,
        OnOffAuto.AUTO,
        IdRegisters.DEFAULT.withStage2(false),
        SteFetch.read(sid, ste()));
  }

  private Stimulus faults() {
    List<EventRecord> records = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      records.add(
          EventRecord.of(
                  random.nextBoolean() ? EventType.F_TRANSLATION : EventType.C_BAD_STE, sid())
              .withAddress(EventFields.INPUT_ADDR, address()));
    }
    return new Stimulus.ReportFaults(records, random.nextInt(4) / 3);
  }

  private Stimulus outcome() {
    List<HostOperation> operations = new ArrayList<>();
    if (random.nextBoolean()) {
      operations.add(
          new HostOperation(
              random.nextBoolean() ? HostOperation.Kind.INVALIDATE : HostOperation.Kind.ATTACH,
              random.nextInt(9),
              0,
              sid(),
              -1,
              0,
              random.nextInt(20),
              random.nextInt(4) == 0 ? 16 : 0,
              -1,
              random.nextInt(2) * 1500L,
              random.nextInt(2) * 700L));
    }
    return new Stimulus.ReportHostOutcome(
        state.stimulus(), operations, random.nextInt(2) * 1_790_000_000_000_000L);
  }

  private Stimulus slice() {
    List<CommandEntry> entries = new ArrayList<>();
    List<CommandEntry> known = new ArrayList<>();
    List<SteFetch> fetches = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      SmmuCommand command = command();
      if (command instanceof ConfigInvalidation.Ste ste) {
        fetches.add(SteFetch.read(ste.sid(), ste()));
      }
      entries.add(command.encode());
    }
    entries.add(new SmmuCommand.Sync(0, 0, 0, 0, 0).encode());
    if (state.origin() == Origin.QEMU_TRACE && random.nextInt(3) == 0) {
      for (int i = 0; i < entries.size(); i++) {
        known.add(
            random.nextInt(3) == 0
                ? new CommandEntry(random.nextLong() | 0xff, random.nextLong())
                : new CommandEntry(random.nextInt(4) == 0 ? 0 : -1, random.nextBoolean() ? -1 : 0));
      }
    }
    int prod =
        QueuePointer.normalise((int) state.commandQueue().fetched(), state.commandQueueLog2Size())
            .advance(entries.size())
            .value();
    return new Stimulus.ConsumeCommands(prod, entries, known, fetches, false);
  }

  private SmmuCommand command() {
    return switch (random.nextInt(8)) {
      case 0 -> new TlbInvalidation.Asid(CommandOpcode.TLBI_NH_ASID, 0, random.nextInt(4));
      case 1 ->
          random.nextInt(8) == 0
              ? new TlbInvalidation.All(CommandOpcode.TLBI_EL2_ALL, 0)
              : new TlbInvalidation.All(CommandOpcode.TLBI_NH_ALL, 0);
      case 2, 3, 4 -> new ConfigInvalidation.Ste(sid(), false, true);
      case 5 -> new ConfigInvalidation.SteRange(sid(), false, random.nextInt(32));
      default ->
          new TlbInvalidation.Va(
              CommandOpcode.TLBI_NH_VA,
              0,
              random.nextInt(4),
              InvalidationRange.single(address(), true));
    };
  }

  private int sid() {
    return SIDS[random.nextInt(SIDS.length)];
  }

  private long address() {
    return 0xffff_0000_0000L + 0x1000L * random.nextInt(16);
  }
}
