package io.vsmmu.smmu.model;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventRecords;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** What a guest, its host and an operator may do, in any order; biased to what has an effect. */
final class RandomStimuli {

  private static final int SIDS = 24;
  private static final int[] ERRNOS = {0, 0, 0, 5, 12, 14, 16, 22, 110, 95};
  private static final Register[] REGISTERS = Register.values();
  private static final CommandOpcode[] OPCODES = CommandOpcode.values();

  private final SplittableRandom random;

  RandomStimuli(long seed) {
    random = new SplittableRandom(seed);
  }

  Stimulus next(VsmmuState state) {
    int dice = random.nextInt(100);
    if (state.commandQueue().awaitsHost() && dice < 35) {
      return new Stimulus.ReportHostOutcome(state.commandQueue().awaiting(), operations(state));
    }
    if (dice < 45) {
      return slice(state);
    }
    if (dice < 70) {
      return write(state);
    }
    return switch (random.nextInt(24)) {
      case 0 -> new Stimulus.Reset(Stimulus.ResetSource.VMM);
      case 1, 2, 3, 4, 5 -> attach(state);
      case 6 -> new Stimulus.DetachDevice(sid());
      case 7 -> new Stimulus.DetachDevice(sid(), Optional.of(IdRegisters.DEFAULT));
      case 8, 9 -> new Stimulus.ReportHostOutcome(random.nextLong(-1, 50), operations(state));
      case 10, 11 -> faults();
      case 12 -> new Stimulus.ObserveTranslation(sid(), random.nextInt(3), 0x1000, 0x2000);
      case 13 -> new Stimulus.Pause();
      case 14 -> new Stimulus.Resume();
      case 15 -> acknowledge(state);
      case 16, 17 -> vmm(state);
      case 18 -> new Stimulus.ReportAbort(any(GlobalError.values()));
      case 19 -> pageRequests();
      default -> new Stimulus.WriteRegister(Register.CR0.offset(), 4, cr0(), fetches());
    };
  }

  private Stimulus vmm(VsmmuState state) {
    long address = random.nextInt(3) == 0 ? random.nextLong() : 0x1000L * random.nextInt(64);
    long size = random.nextInt(6) == 0 ? random.nextLong() : 0x1000L * random.nextInt(4);
    int queues = state.hardwareQueues().size();
    long shared = state.memory().isEmpty() ? address : state.memory().firstKey();
    return switch (random.nextInt(12)) {
      case 8, 9 -> new Stimulus.AllocateHardwareQueue(queues, shared, 0x1000);
      case 10, 11 ->
          queues == 0
              ? new Stimulus.AllocateHardwareQueue(queues, shared, 0x1000)
              : new Stimulus.FreeHardwareQueue(queues - 1);
      case 0 -> new Stimulus.ConnectVmm(random.nextLong(), random.nextLong());
      case 1 -> new Stimulus.DisconnectVmm("x".repeat(random.nextInt(300)));
      case 2 -> new Stimulus.UnmapMemory(address, size);
      case 3 -> Stimulus.UnmapMemory.all();
      default ->
          new Stimulus.MapMemory(
              address,
              size,
              random.nextBoolean(),
              random.nextBoolean(),
              any(MemorySharing.values()));
    };
  }

  private Stimulus pageRequests() {
    int count = random.nextInt(10) == 0 ? Limits.PAGE_REQUESTS + 1 : random.nextInt(8);
    List<PageRequest> records =
        Collections.nCopies(count, new PageRequest(random.nextLong(), random.nextLong()));
    return new Stimulus.ReportPageRequests(records, random.nextInt(4) == 0 ? 1 : 0);
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private Stimulus acknowledge(VsmmuState state) {
    long gerror = state.registers().get(Register.GERROR);
    return new Stimulus.WriteRegister(Register.GERRORN.offset(), 4, gerror, List.of());
  }

  private long cr0() {
    return random.nextInt(4) == 0 ? random.nextLong() : 0xc | random.nextInt(2);
  }

  private int sid() {
    return random.nextInt(50) == 0 ? random.nextInt() : random.nextInt(SIDS);
  }

  private Stimulus write(VsmmuState state) {
    if (random.nextInt(5) == 0) {
      return acknowledge(state);
    }
    Register register = REGISTERS[random.nextInt(REGISTERS.length)];
    boolean wild = random.nextInt(10) == 0;
    int offset = wild ? random.nextInt() : register.offset() + 4 * random.nextInt(2);
    int width = wild ? random.nextInt(-2, 20) : random.nextInt(4) == 0 ? 8 : 4;
    long value = random.nextBoolean() ? random.nextLong() : random.nextInt(64);
    return new Stimulus.WriteRegister(offset, width, value, fetches());
  }

  private Stimulus slice(VsmmuState state) {
    int count = random.nextInt(random.nextInt(30) == 0 ? 600 : 12);
    List<CommandEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(entry());
    }
    long prod =
        random.nextInt(6) == 0
            ? random.nextLong()
            : state.commandQueue().fetched() + count + random.nextInt(2);
    List<CommandEntry> known = random.nextInt(4) == 0 ? entries : List.of();
    return new Stimulus.ConsumeCommands(prod, entries, known, fetches(), random.nextInt(10) == 0);
  }

  private CommandEntry entry() {
    if (random.nextInt(40) == 0) {
      return new CommandEntry(random.nextLong(), random.nextLong());
    }
    return switch (random.nextInt(10)) {
      case 0, 1 -> Commands.cfgiSte(sid());
      case 2 -> random.nextBoolean() ? Commands.cfgiAll() : Commands.cfgiRange(sid(), 3);
      case 3 -> Commands.cfgiCd(sid(), 0);
      case 4 -> Commands.tlbiVa(random.nextInt(16), 0x1000L * random.nextInt(100));
      case 5 -> Commands.tlbiAsid(random.nextInt(16));
      case 6 -> Commands.atcInv(sid());
      case 7, 8 -> Commands.sync();
      default ->
          random.nextInt(3) == 0
              ? Commands.bare(OPCODES[random.nextInt(OPCODES.length)])
              : Commands.tlbiAll();
    };
  }

  private List<SteFetch> fetches() {
    List<SteFetch> fetches = new ArrayList<>();
    for (int i = random.nextInt(SIDS); i > 0; i--) {
      fetches.add(fetch(sid()));
    }
    return fetches;
  }

  private SteFetch fetch(int sid) {
    return switch (random.nextInt(10)) {
      case 0 -> SteFetch.unknown(sid);
      case 1 -> SteFetch.failed(sid, SteFetch.Outcome.OUT_OF_TABLE);
      case 2 -> SteFetch.failed(sid, SteFetch.Outcome.FETCH_FAULT);
      case 3 -> SteFetch.read(sid, Commands.BYPASS);
      case 4, 5, 6 -> SteFetch.read(sid, Commands.TRANSLATE);
      case 7 -> SteFetch.read(sid, Commands.STAGE2);
      default ->
          SteFetch.read(sid, StreamTableEntry.ofTwoWords(random.nextLong() | 1, random.nextLong()));
    };
  }

  private Stimulus attach(VsmmuState state) {
    int sid = sid();
    String smmu = random.nextInt(20) == 0 ? "smmu3.1" : "smmu3.0";
    HostDevice device =
        new HostDevice(
            "0000:%02x:00.0".formatted(random.nextInt(SIDS)),
            smmu,
            random.nextInt(6),
            Guest.IDS,
            random.nextBoolean());
    OnOffAuto ats = OnOffAuto.values()[random.nextInt(3)];
    return new Stimulus.AttachDevice(sid, device, ats, state.ids(), fetch(sid));
  }

  private List<HostOperation> operations(VsmmuState state) {
    List<HostOperation> operations = new ArrayList<>();
    HostOperation.Kind[] kinds = HostOperation.Kind.values();
    for (int i = random.nextInt(4); i > 0; i--) {
      operations.add(
          new HostOperation(
              kinds[random.nextInt(kinds.length)],
              random.nextLong(state.nextHandle() + 1),
              random.nextLong(state.nextHandle() + 1),
              random.nextInt(-1, SIDS),
              random.nextInt(-1, 8),
              random.nextInt(8),
              random.nextInt(100),
              ERRNOS[random.nextInt(ERRNOS.length)],
              random.nextInt(-2, 20)));
    }
    return operations;
  }

  private Stimulus faults() {
    List<EventRecord> records = new ArrayList<>();
    int count = random.nextInt(20) == 0 ? Limits.FAULT_RECORDS + 1 : random.nextInt(8);
    for (int i = count; i > 0; i--) {
      records.add(EventRecords.badSte(sid()));
    }
    return new Stimulus.ReportFaults(records, random.nextInt(4) == 0 ? 1 : 0);
  }
}
