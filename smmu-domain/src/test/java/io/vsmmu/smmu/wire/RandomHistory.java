package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.EventRecords;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
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
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What guests, hosts and operators might do to a vSMMU, the same for the same seed. */
final class RandomHistory {

  private static final int STREAMS = 24;
  private static final int MAX_ENTRIES = 12;
  private static final long[] STE_WORD0 = {0, 0x1, 0x9, 0xb, 0x7L << 1 | 1, 0xF00D_000BL};
  private static final int[] OPCODES = {
    0x01, 0x03, 0x03, 0x04, 0x05, 0x10, 0x11, 0x12, 0x12, 0x30, 0x46, 0x46, 0x99
  };
  private static final Register[] REGISTERS = {
    Register.CR0,
    Register.CR0,
    Register.CR1,
    Register.GBPA,
    Register.IRQ_CTRL,
    Register.GERRORN,
    Register.STRTAB_BASE,
    Register.STRTAB_BASE_CFG,
    Register.CMDQ_BASE,
    Register.CMDQ_CONS,
    Register.EVENTQ_BASE,
    Register.EVENTQ_CONS,
    Register.IDR0
  };

  private final Random random;

  RandomHistory(long seed) {
    random = new Random(seed);
  }

  /** The state of a new vSMMU after {@code stimuli} stimuli more. */
  VsmmuState after(int stimuli) {
    Stimulus create =
        new Stimulus.Create(
            Origin.QEMU_TRACE,
            Durability.BOUNDED_LOSS,
            new VsmmuProperties(
                OnOffAuto.ON, OnOffAuto.OFF, 48, VsmmuProperties.AUTO, OnOffAuto.AUTO),
            IdRegisters.DEFAULT.withAts(true));
    return continued(fold(VsmmuState.ABSENT, create), stimuli);
  }

  /** The state after {@code stimuli} more. */
  VsmmuState continued(VsmmuState from, int stimuli) {
    VsmmuState state = from;
    for (int i = 0; i < stimuli; i++) {
      state = fold(state, next(state));
    }
    return state;
  }

  private static VsmmuState fold(VsmmuState state, Stimulus stimulus) {
    return Vsmmu.decide(state, stimulus) instanceof Decision.Accepted accepted
        ? accepted.after()
        : state;
  }

  private Stimulus next(VsmmuState state) {
    return switch (random.nextInt(19)) {
      case 0 -> attach(state);
      case 1 -> random.nextInt(4) == 0 ? new Stimulus.DetachDevice(sid()) : attach(state);
      case 2, 3, 4 -> write(state);
      case 5, 6, 7, 8 -> consume(state);
      case 9, 10, 11 -> outcome(state);
      case 12 -> new Stimulus.ReportFaults(List.of(EventRecords.badSte(sid())), random.nextInt(2));
      case 13 -> observed(state);
      case 15, 16 -> vmm();
      case 17 ->
          random.nextBoolean()
              ? new Stimulus.ReportAbort(
                  GlobalError.values()[random.nextInt(GlobalError.values().length)])
              : new Stimulus.ReportPageRequests(List.of(new PageRequest(sid(), random.nextLong())));
      case 14 -> random.nextBoolean() ? new Stimulus.Pause() : new Stimulus.Resume();
      default ->
          random.nextInt(20) == 0
              ? random.nextBoolean()
                  ? new Stimulus.ChangeInput("another input")
                  : new Stimulus.Reset(Stimulus.ResetSource.VMM)
              : new Stimulus.FinishRecording(random.nextBoolean(), "cut off");
    };
  }

  private Stimulus vmm() {
    long address = (long) random.nextInt(16) << (random.nextBoolean() ? 12 : 60);
    return switch (random.nextInt(10)) {
      case 0 -> new Stimulus.ConnectVmm(random.nextInt(), random.nextLong());
      case 1 -> new Stimulus.DisconnectVmm("gone");
      case 2 -> new Stimulus.UnmapMemory(address, 0x2000);
      default ->
          new Stimulus.MapMemory(
              address,
              0x1000,
              random.nextBoolean(),
              random.nextBoolean(),
              MemorySharing.values()[random.nextInt(MemorySharing.values().length)]);
    };
  }

  private Stimulus observed(VsmmuState state) {
    return switch (random.nextInt(4)) {
      case 0 -> new Stimulus.KeepLines(random.nextInt(), List.of("a line", ""));
      case 1 ->
          new Stimulus.ObserveReads(
              List.of(new RegisterRead(0, 4, state.read(0, 4)), new RegisterRead(4, 4, 1)));
      case 2 ->
          new Stimulus.ObserveHostCalls(
              List.of(new RecordedHostCall("iommufd_backend_invalidate_cache", "x", 2, 0, 7)));
      default -> new Stimulus.ObserveTranslation(sid(), 1, random.nextLong(), random.nextLong());
    };
  }

  private Stimulus attach(VsmmuState state) {
    int sid = sid();
    HostDevice device =
        new HostDevice("0000:%02x:00.0".formatted(sid), "smmu3.0", sid, state.ids(), true);
    return new Stimulus.AttachDevice(sid, device, OnOffAuto.AUTO, state.ids(), fetch(sid));
  }

  private Stimulus write(VsmmuState state) {
    Register register = register(state);
    long value =
        switch (register) {
          case CR0 -> random.nextInt(5) == 0 ? 0 : 0xD;
          case GERRORN -> state.registers().get(Register.GERROR);
          case CMDQ_BASE -> 0x4000_0000L | 8;
          case GBPA -> 0x8000_0000L | (random.nextInt(2) << 20);
          default -> random.nextLong();
        };
    List<SteFetch> fetches = state.streams().keySet().stream().map(this::fetch).toList();
    return new Stimulus.WriteRegister(
        register.offset(), register.widthBits() / Byte.SIZE, value, fetches);
  }

  /** Mostly what gets a queue going again. */
  private Register register(VsmmuState state) {
    if (random.nextInt(4) == 0 || (state.enabled() && !state.commandQueueStopped())) {
      return REGISTERS[random.nextInt(REGISTERS.length)];
    }
    if (state.commandQueueStopped()) {
      return Register.GERRORN;
    }
    return state.commandQueueLog2Size() == 0 ? Register.CMDQ_BASE : Register.CR0;
  }

  private Stimulus consume(VsmmuState state) {
    List<CommandEntry> entries =
        IntStream.range(0, 1 + random.nextInt(MAX_ENTRIES)).mapToObj(_ -> command()).toList();
    long prod = state.commandQueue().fetched() + entries.size();
    long mask = (2L << state.commandQueueLog2Size()) - 1;
    List<SteFetch> fetches = IntStream.range(0, STREAMS).mapToObj(this::fetch).toList();
    return new Stimulus.ConsumeCommands(
        prod & mask, entries, List.of(), fetches, random.nextInt(8) == 0);
  }

  private CommandEntry command() {
    int opcode = OPCODES[random.nextInt(OPCODES.length)];
    boolean leaf = random.nextBoolean();
    return new CommandEntry((long) sid() << 32 | opcode, opcode == 0x04 ? 31 : leaf ? 1 : 0);
  }

  private Stimulus outcome(VsmmuState state) {
    long awaited = state.commandQueue().awaiting();
    long decision = awaited >= 0 ? awaited : state.stimulus();
    List<HostOperation> operations =
        state.objects().values().stream()
            .filter(object -> object.kernelId() == 0)
            .map(object -> allocated(object.handle(), object.streamId()))
            .toList();
    return new Stimulus.ReportHostOutcome(decision, operations);
  }

  private HostOperation allocated(long handle, int streamId) {
    int errno = random.nextInt(10) == 0 ? 22 : 0;
    return new HostOperation(
        HostOperation.Kind.ALLOC_HWPT,
        handle,
        0,
        streamId,
        -1,
        0,
        1 + random.nextInt(1 << 20),
        errno,
        -1);
  }

  private SteFetch fetch(int sid) {
    return switch (random.nextInt(8)) {
      case 0 -> SteFetch.failed(sid, SteFetch.Outcome.FETCH_FAULT);
      case 1 -> SteFetch.unknown(sid);
      case 2 ->
          SteFetch.read(sid, StreamTableEntry.of(random.longs(StreamTableEntry.WORDS).toArray()));
      default ->
          SteFetch.read(
              sid, StreamTableEntry.ofTwoWords(STE_WORD0[random.nextInt(STE_WORD0.length)], 0x20));
    };
  }

  private int sid() {
    return random.nextInt(STREAMS);
  }
}
