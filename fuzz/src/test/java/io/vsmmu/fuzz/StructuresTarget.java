package io.vsmmu.fuzz;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.StreamTableGeometry;
import io.vsmmu.smmu.spec.StreamTableGeometry.BadStreamId;
import io.vsmmu.smmu.spec.StreamTableGeometry.L1Address;
import io.vsmmu.smmu.spec.StreamTableGeometry.Location;
import io.vsmmu.smmu.spec.StreamTableGeometry.SteAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Structures of guest memory: entries of the command queue, STEs, event records, and the place of
 * an STE in a table that any registers describe. Every entry decodes, {@code decode(encode(c)) =
 * c}, and encoding drops the reserved bits alone.
 */
final class StructuresTarget implements FuzzTarget {

  @Override
  public void take(byte[] bytes) {
    Input input = new Input(bytes);
    while (input.more()) {
      switch (input.u8() & 3) {
        case 0 -> command(new CommandEntry(input.i64(), input.i64()));
        case 1 -> ste(Arrays.copyOf(input.bytes(StreamTableEntry.SIZE_BYTES), 64));
        case 2 -> record(Arrays.copyOf(input.bytes(EventRecord.SIZE_BYTES), 32));
        default -> table(input.number(), input.i32(), input.i32(), input.number());
      }
    }
  }

  private static void command(CommandEntry entry) {
    SmmuCommand command = SmmuCommand.decode(entry);
    CommandEntry encoded = command.encode();
    Finding.unless(
        SmmuCommand.decode(encoded).equals(command), "%s is decoded as another one", command);
    // An unsupported command is its entry, with every bit.
    if (!(command instanceof SmmuCommand.Unsupported)) {
      Finding.unless(
          SmmuCommand.decode(entry.withoutReservedBits()).equals(command),
          "reserved bits change %s",
          command);
    }
    Finding.unless(!entry.name().isEmpty(), "an entry without a name");
  }

  private static void ste(byte[] bytes) {
    StreamTableEntry ste = StreamTableEntry.read(ByteBuffer.wrap(bytes));
    Finding.unless(StreamTableEntry.of(ste.words()).equals(ste), "%s is read as another one", ste);
    Finding.unless(ste.diff(ste).isEmpty(), "%s differs from itself", ste);
    Finding.unless(ste.config() != null, "an STE without a configuration");
  }

  private static void record(byte[] bytes) {
    EventRecord record = EventRecord.fromBytes(bytes);
    Finding.unless(Arrays.equals(record.toBytes(), bytes), "%s is written as others", record);
    Finding.unless(!record.name().isEmpty(), "a record without a name");
  }

  /** An STE's address is that of a whole entry, however the registers and the L1STD look. */
  private static void table(long base, int configuration, int streamId, long descriptor) {
    StreamTableGeometry table = StreamTableGeometry.of(base, configuration, IdRegisters.DEFAULT);
    Location first = table.locate(streamId);
    Location last =
        switch (first) {
          case L1Address _ -> table.locate(streamId, descriptor);
          case SteAddress found -> found;
          case BadStreamId bad -> bad;
        };
    Finding.unless(!(last instanceof L1Address), "a second level that leads to a first one");
    if (last instanceof SteAddress(long address)) {
      Finding.unless(address % StreamTableEntry.SIZE_BYTES == 0, "an STE at 0x%x", address);
      Finding.unless(table.covers(streamId), "an STE of a StreamID that the table does not cover");
    }
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(
        new Output().u8(0).i64(0x90000000003L).i64(1).toBytes(),
        new Output().u8(0).i64(0x11).i64(0x1000).u8(0).i64(0x46).i64(0x8000_0000L).toBytes(),
        new Output().u8(1).i64(0x4000_000bL).i64(0xd6).bytes(new byte[48]).toBytes(),
        new Output().u8(3).number(0x4000_0000L).i32(0x10190).i32(0x900).number(0x5009).toBytes());
  }
}
