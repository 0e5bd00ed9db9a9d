package io.vsmmu.fuzz;

import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Reads an input as stimuli of one vSMMU. What is likely to have an effect takes few bytes. */
final class StimulusReader {

  private static final int KINDS = 24;
  private static final int SIDS = 16;

  private final Input input;

  StimulusReader(Input input) {
    this.input = input;
  }

  /** The stimulus with which a log begins. */
  Stimulus create() {
    IdRegisters ids = IdRegisters.DEFAULT.withStage2(input.bool());
    VsmmuProperties properties =
        input.bool()
            ? VsmmuProperties.ALL_AUTO.with(HardwareQueues.ACCEPT_BLIND)
            : VsmmuProperties.ALL_AUTO;
    return new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, properties, ids);
  }

  /** The next stimulus, for a vSMMU in a state. */
  Stimulus next(VsmmuState state) {
    return switch (input.u8() % KINDS) {
      case 0, 1, 2, 3 -> write();
      case 4, 5, 6, 7, 8 -> slice(state);
      case 9, 10 -> attach(state);
      case 11 -> new Stimulus.DetachDevice(sid());
      case 12, 13 ->
          new Stimulus.ReportHostOutcome(
              input.bool() ? state.commandQueue().awaiting() : input.number(), operations(state));
      case 14 -> faults();
      case 15 -> pageRequests();
      case 16 -> lifecycle();
      case 17 -> new Stimulus.ReportAbort(input.any(GlobalError.values()));
      case 18 -> new Stimulus.ConnectVmm(input.number(), input.number());
      case 19 -> new Stimulus.DisconnectVmm("x".repeat(input.u16() % 300));
      case 20 -> map();
      case 21 -> new Stimulus.UnmapMemory(input.number(), input.number());
      case 22 -> hardwareQueue(state);
      default ->
          new Stimulus.DetachDevice(sid(), Optional.of(IdRegisters.DEFAULT.withStage2(false)));
    };
  }

  private int sid() {
    int sid = input.u8();
    return sid < 0xf0 ? sid % SIDS : (int) input.number();
  }

  private Stimulus lifecycle() {
    return switch (input.u8() & 3) {
      case 0 -> new Stimulus.Pause();
      case 1 -> new Stimulus.Resume();
      case 2 -> new Stimulus.Reset(input.any(Stimulus.ResetSource.values()));
      default -> new Stimulus.ObserveTranslation(sid(), input.u8(), input.number(), input.number());
    };
  }

  private Stimulus write() {
    int form = input.u8();
    if (form >= 0xf0) {
      return new Stimulus.WriteRegister(
          (int) input.number(), (int) input.number(), input.number(), fetches());
    }
    Register register = Register.values()[form % Register.values().length];
    return new Stimulus.WriteRegister(
        register.offset(), register.widthBits() / Byte.SIZE, input.number(), fetches());
  }

  private Stimulus slice(VsmmuState state) {
    int count = input.u8() % 16;
    List<CommandEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(entry());
    }
    int form = input.u8();
    long prod = form < 0xf0 ? state.commandQueue().fetched() + count + (form & 1) : input.number();
    List<CommandEntry> known = (form & 6) == 6 ? entries : List.of();
    return new Stimulus.ConsumeCommands(prod, entries, known, fetches(), (form & 0x18) == 0x18);
  }

  /** A command whose fields the input has; one of a trace in which its bits are unknown. */
  CommandEntry entry() {
    return switch (input.u8() % 8) {
      case 0 -> new ConfigInvalidation.Ste(sid(), false, input.bool()).encode();
      case 1 -> new ConfigInvalidation.SteRange(sid(), false, input.u8() & 31).encode();
      case 2 -> new ConfigInvalidation.Cd(sid(), false, input.u8(), input.bool()).encode();
      case 3 -> new SmmuCommand.Sync(input.u8() % 3, 0, 0, input.u8(), 0).encode();
      case 4 ->
          new AtsCommand.AtcInvalidate(sid(), input.bool(), input.u8(), false, input.u8() & 63, 0)
              .encode();
      case 5 -> {
        CommandOpcode opcode = input.any(CommandOpcode.values());
        yield new CommandEntry(opcode.code() | input.number() << Byte.SIZE, input.number());
      }
      case 6 -> new CommandEntry(CommandOpcode.TLBI_NH_VA.code() | input.number() << 8, 0x1001);
      default -> new CommandEntry(input.i64(), input.i64());
    };
  }

  private List<SteFetch> fetches() {
    int count = input.u8();
    if (count < 0x40) {
      return List.of();
    }
    List<SteFetch> fetches = new ArrayList<>();
    for (int i = count % 6; i >= 0; i--) {
      fetches.add(fetch(sid()));
    }
    return fetches;
  }

  private SteFetch fetch(int sid) {
    return switch (input.u8() % 8) {
      case 0 -> SteFetch.unknown(sid);
      case 1 -> SteFetch.failed(sid, SteFetch.Outcome.OUT_OF_TABLE);
      case 2 -> SteFetch.failed(sid, SteFetch.Outcome.FETCH_FAULT);
      case 3 -> SteFetch.read(sid, StreamTableEntry.ofTwoWords(0x9, 0));
      case 4, 5 -> SteFetch.read(sid, StreamTableEntry.ofTwoWords(0x1_0000_000bL, 0x2a));
      case 6 -> SteFetch.read(sid, StreamTableEntry.ofTwoWords(input.i64() | 1, input.i64()));
      default ->
          SteFetch.read(
              sid,
              StreamTableEntry.of(
                  input.i64(),
                  input.i64(),
                  input.number(),
                  input.number(),
                  input.number(),
                  input.number(),
                  input.number(),
                  input.number()));
    };
  }

  private Stimulus attach(VsmmuState state) {
    int sid = sid();
    int form = input.u8();
    HostDevice device =
        new HostDevice(
            "0000:%02x:00.0".formatted(form & 15),
            (form & 0xc0) == 0xc0 ? "smmu3.1" : "smmu3.0",
            form >> 4 & 3,
            state.ids(),
            input.bool());
    return new Stimulus.AttachDevice(
        sid, device, input.any(OnOffAuto.values()), state.ids(), fetch(sid));
  }

  private List<HostOperation> operations(VsmmuState state) {
    List<HostOperation> operations = new ArrayList<>();
    long handles = Math.min(state.nextHandle() + 1, 200);
    for (int i = input.u8() % 5; i > 0; i--) {
      operations.add(
          new HostOperation(
              input.any(HostOperation.Kind.values()),
              input.index((int) handles),
              input.index((int) handles),
              sid(),
              input.u8() - 1,
              input.u8(),
              input.u8(),
              input.bool() ? input.u8() : 0,
              input.u8() - 2));
    }
    return operations;
  }

  private Stimulus faults() {
    int form = input.u8();
    int count = form == 0xff ? Limits.FAULT_RECORDS + 1 : form % 8;
    List<EventRecord> records =
        Collections.nCopies(
            count,
            (form & 0x10) == 0
                ? EventRecord.of(input.any(EventType.values()), sid())
                : new EventRecord(input.i64(), input.i64(), input.number(), input.number()));
    return new Stimulus.ReportFaults(records, input.number());
  }

  private Stimulus pageRequests() {
    int form = input.u8();
    int count = form == 0xff ? Limits.PAGE_REQUESTS + 1 : form % 8;
    List<PageRequest> requests =
        Collections.nCopies(count, new PageRequest(input.i64(), input.number()));
    return new Stimulus.ReportPageRequests(requests, input.number());
  }

  private Stimulus map() {
    return new Stimulus.MapMemory(
        input.number(),
        input.number(),
        input.bool(),
        input.bool(),
        input.any(MemorySharing.values()));
  }

  private Stimulus hardwareQueue(VsmmuState state) {
    int queues = state.hardwareQueues().size();
    return input.bool()
        ? new Stimulus.AllocateHardwareQueue(
            input.bool() ? queues : input.u8(), input.number(), input.number())
        : new Stimulus.FreeHardwareQueue(input.bool() ? queues - 1 : input.u8());
  }

  /** A guest that attaches a device, enables its SMMU, and configures a stream. */
  static List<byte[]> seeds() {
    int cr0 = Register.CR0.ordinal();
    int base = Register.CMDQ_BASE.ordinal();
    byte[] enable =
        new Output()
            .u8(0, 0)
            .u8(0, base)
            .number(0x5000_0008L)
            .u8(0)
            .u8(0, cr0)
            .number(0xd)
            .u8(0)
            .toBytes();
    byte[] attach = new Output().u8(9, 4, 0x01, 0, 0).u8(4).toBytes();
    byte[] slice = new Output().u8(4, 2, 0, 4, 1, 3, 1, 0, 0).u8(0x40, 4, 4).u8(12, 1, 0).toBytes();
    return List.of(
        enable,
        new Output().bytes(enable).bytes(attach).bytes(slice).toBytes(),
        new Output()
            .bytes(enable)
            .bytes(attach)
            .bytes(slice)
            .u8(14, 3, 2, 4)
            .number(0)
            .u8(11, 4)
            .u8(16, 2, 0)
            .toBytes());
  }
}
