package io.vsmmu.fuzz;

import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.SessionLimits;
import io.vsmmu.gateway.device.ExpansionRom;
import io.vsmmu.gateway.device.GatewayCounters;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.Topology;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.vfiouser.VmmLink;
import io.vsmmu.vfiouser.memory.DeviceDmaMapping;
import io.vsmmu.vfiouser.memory.DmaChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A guest with devices: its registers, its command queue, and stream tables of any shape in memory
 * that the VMM shares by messages. No exception escapes, the devices of the simulated host are
 * where the state says, the log leads to that state, and registers are answered afterwards.
 */
final class GuestTarget implements FuzzTarget {

  private static final long RAM = 0x4000_0000L;
  private static final int RAM_BYTES = 1 << 18;
  private static final int QUEUE = 0;
  private static final int QUEUE_LOG2 = 6;
  private static final int EVENTS = 0x1000;
  private static final int TABLE = 0x10000;
  private static final int DEVICES = 3;
  private static final int STEPS = 400;

  private static final SmmuIds HOST_IDS = TopologyBuilder.standardIds();
  private static final List<String> ADDRESSES =
      IntStream.range(0, DEVICES).mapToObj("0000:01:%02x.0"::formatted).toList();
  private static final Topology TOPOLOGY = TopologyBuilder.recorded(HOST_IDS, ADDRESSES).build();
  private static final IdRegisters IDS = IdRegisters.DEFAULT.withStage2(false);

  @Override
  public void take(byte[] bytes) {
    Input input = new Input(bytes);
    try (Machine machine = new Machine()) {
      int form = input.u8();
      if ((form & 1) == 0) {
        machine.enable((form & 2) != 0);
      }
      for (int device = 0; device < (form >> 2 & 3); device++) {
        machine.attach(device);
      }
      for (int steps = 0; input.more() && steps < STEPS; steps++) {
        machine.step(input);
      }
      machine.verify();
    }
  }

  /** A vSMMU with its host and its VMM. */
  private static final class Machine implements AutoCloseable {

    private final byte[] ram = new byte[RAM_BYTES];
    private final MemoryLog log = new MemoryLog();
    private final VsmmuHost host = new VsmmuHost(new SimulatedHost(TOPOLOGY, 16));
    private final GuestSession session =
        new GuestSession(
            "fuzz",
            log,
            decided -> host.apply(decided.events(), decided.sequence(), decided.after()),
            SessionLimits.DEFAULT);
    private final SmmuFunction function;
    private int prod;

    Machine() {
      post(new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, IDS));
      function =
          new SmmuFunction(
              new SmmuFunction.Backend(session, DeviceDmaMapping.NONE),
              Optional.empty(),
              ExpansionRom.none(),
              new Link(),
              new GatewayCounters());
      function.connected(0, 0);
      function.negotiated();
      function.mapMemory(RAM, RAM_BYTES, true, true, 0, null);
      function.memoryAccessChanged(true);
      function.finishWork();
    }

    private void post(Stimulus stimulus) {
      session.post(stimulus).handle((applied, refused) -> applied).join();
    }

    /** What a driver does first; the stream table is linear or has two levels. */
    void enable(boolean twoLevels) {
      if (twoLevels) {
        putLong(TABLE, RAM + TABLE + 0x1000 | 0x7);
        write(Register.STRTAB_BASE_CFG, 0x10000 | 6 << 6 | 8);
      } else {
        write(Register.STRTAB_BASE_CFG, 8);
      }
      write(Register.STRTAB_BASE, RAM + TABLE);
      write(Register.CMDQ_BASE, RAM + QUEUE | QUEUE_LOG2);
      write(Register.EVENTQ_BASE, RAM + EVENTS | 5);
      write(Register.CR0, 0xd);
    }

    void attach(int device) {
      HostDevice described =
          new HostDevice(
              ADDRESSES.get(device),
              TopologyBuilder.SMMU0,
              device + 1,
              HostIds.read(HOST_IDS),
              true);
      post(
          new Stimulus.AttachDevice(
              device, described, OnOffAuto.AUTO, session.visible().ids(), function.read(device)));
    }

    void step(Input input) {
      switch (input.u8() % 16) {
        case 0, 1 -> ste(input);
        case 2, 3, 4 -> command(new StimulusReader(input).entry());
        case 5, 6 -> write(Register.CMDQ_PROD, input.u8() < 0xf0 ? prod : input.number());
        case 7, 8 -> write(input.any(Register.values()), input.number());
        case 9 -> putLong(input.u16() * 4 & -8, input.number());
        case 10 -> function.readRegister(input.u16() * 2 & 0x1fff8, 1 << (input.u8() & 3));
        case 11 -> function.writeRegister(input.u16() * 2 & 0x1fff8, input.u8() % 17, input.i64());
        case 12 -> operator(input);
        case 13 -> putLong(TABLE + (input.u8() & 31) * 8, descriptor(input));
        case 14 -> fault(input);
        default -> memory(input);
      }
      function.finishWork();
    }

    /** A first-level descriptor; its table is often within the RAM. */
    private static long descriptor(Input input) {
      return input.bool() ? RAM + TABLE + 64L * input.u16() | input.u8() & 31 : input.number();
    }

    private void ste(Input input) {
      int at = TABLE + (input.bool() ? 0x1000 : 0) + (input.u8() & 15) * 64;
      long[] words = {input.i64(), input.number()};
      if (input.bool()) {
        words[0] = RAM + 64L * (input.u8() & 127) | 0xb;
      }
      putLong(at, words[0]);
      putLong(at + 8, words[1]);
    }

    private void command(CommandEntry entry) {
      int at = QUEUE + (prod & (1 << QUEUE_LOG2) - 1) * CommandEntry.SIZE_BYTES;
      putLong(at, entry.word0());
      putLong(at + 8, entry.word1());
      prod = prod + 1 & (2 << QUEUE_LOG2) - 1;
    }

    private void operator(Input input) {
      int device = input.u8() % DEVICES;
      switch (input.u8() % 5) {
        case 0, 1 -> attach(device);
        case 2 -> post(new Stimulus.DetachDevice(device));
        case 3 -> post(new Stimulus.Reset(Stimulus.ResetSource.OPERATOR));
        default -> function.reset();
      }
    }

    private void fault(Input input) {
      EventRecord record =
          input.bool()
              ? EventRecord.of(input.any(EventType.values()), input.u8() & 3)
              : new EventRecord(input.i64(), input.number(), input.number(), input.number());
      post(new Stimulus.ReportFaults(List.of(record), input.u8() % 3));
    }

    private void memory(Input input) {
      switch (input.u8() % 4) {
        case 0 -> function.unmapMemory(RAM, RAM_BYTES);
        case 1 -> function.mapMemory(RAM, RAM_BYTES, true, input.bool(), 0, null);
        case 2 -> function.mapMemory(input.number(), input.number(), input.bool(), true, 0, null);
        default -> function.memoryAccessChanged(input.bool());
      }
    }

    private void write(Register register, long value) {
      int width = register.widthBits() / Byte.SIZE;
      long mask = width == Long.BYTES ? -1L : (1L << register.widthBits()) - 1;
      function.writeRegister(register.offset(), width, value & mask);
      function.finishWork();
    }

    private void putLong(int at, long value) {
      if (at >= 0 && at <= RAM_BYTES - Long.BYTES) {
        ByteBuffer.wrap(ram).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
      }
    }

    void verify() {
      function.finishWork();
      session.post(new Stimulus.ReportFaults(List.of(), 0)).join();
      Finding.unless(
          host.misplaced(session.visible()).isEmpty(),
          "devices are elsewhere: %s",
          host.misplaced(session.visible()));
      log.verify();
      Finding.unless(
          function.readRegister(Register.IDR0.offset(), Integer.BYTES)
              == session.visible().value(Register.IDR0),
          "IDR0 is not answered");
    }

    @Override
    public void close() {
      function.disconnected("the end");
      session.close();
      host.close();
    }

    /** Reads and writes the RAM for the vSMMU. */
    private final class Link implements VmmLink, DmaChannel {

      @Override
      public DmaChannel dma() {
        return this;
      }

      @Override
      public Optional<byte[]> read(long address, int length) {
        long at = address - RAM;
        return at >= 0 && at <= RAM_BYTES - length
            ? Optional.of(Arrays.copyOfRange(ram, (int) at, (int) at + length))
            : Optional.empty();
      }

      @Override
      public boolean write(long address, byte[] data) {
        long at = address - RAM;
        if (at < 0 || at > RAM_BYTES - data.length) {
          return false;
        }
        System.arraycopy(data, 0, ram, (int) at, data.length);
        return true;
      }

      @Override
      public void raiseInterrupt() {
        // The guest's interrupts change nothing here.
      }

      @Override
      public boolean peerGone() {
        return false;
      }
    }
  }

  @Override
  public List<byte[]> seeds() {
    Output program = new Output().u8(4 << 2 | 2);
    program.u8(0, 1, 0).i64(0x4000_000b).number(0x2a).u8(0);
    program.u8(2, 0, 0, 1).u8(2, 3, 1, 0).u8(5, 0);
    Output linear = new Output().u8(3 << 2);
    for (int sid = 0; sid < DEVICES; sid++) {
      linear.u8(0, 0, sid).i64(0x4000_000b).number(0x2a).u8(1, sid);
      linear.u8(2, 0, sid, 1).u8(2, 3, 1, 0);
    }
    linear.u8(5, 0).u8(14, 1, 2, 0, 0).u8(12, 0, 2).u8(15, 0).u8(5, 0);
    return List.of(program.toBytes(), linear.toBytes(), new byte[] {1, 7, 3});
  }
}
