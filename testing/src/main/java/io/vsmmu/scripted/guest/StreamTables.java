package io.vsmmu.scripted.guest;

import io.vsmmu.smmu.spec.StreamTableEntry;

/** The guest's Stream table, linear or with two levels of split 8 (IHI 0070, 3.3.1). */
public final class StreamTables {

  /** log2 of the streams of a linear table. */
  public static final int LINEAR_LOG2 = 10;

  private static final int TWO_LEVEL_LOG2 = 16;
  private static final int SPLIT = 8;
  private static final int STE_BYTES = 64;
  private static final int L2_BYTES = STE_BYTES << SPLIT;
  private static final long SECOND_LEVEL = GuestShape.STREAM_TABLE + 0x1_0000;

  private final RamView ram;
  private final boolean twoLevel;

  StreamTables(RamView ram, boolean twoLevel) {
    this.ram = ram;
    this.twoLevel = twoLevel;
  }

  /** The value of STRTAB_BASE_CFG for the table. */
  long configuration() {
    return twoLevel ? 1 << 16 | SPLIT << 6 | TWO_LEVEL_LOG2 : LINEAR_LOG2;
  }

  /** Writes the STE of a StreamID, and the descriptor that leads to it. */
  public void write(int streamId, StreamTableEntry ste) {
    if (twoLevel) {
      long table = secondLevel(streamId);
      ram.write(table + (long) (streamId & 0xFF) * STE_BYTES, ste.toBytes());
      descriptor(streamId, table | SPLIT + 1);
    } else {
      ram.write(GuestShape.STREAM_TABLE + (long) streamId * STE_BYTES, ste.toBytes());
    }
  }

  /** Writes the first-level descriptor of a StreamID. */
  public void descriptor(int streamId, long value) {
    ram.writeLong(GuestShape.STREAM_TABLE + 8L * (streamId >> SPLIT), value);
  }

  /** Each bus of the first 16 has a table of its own. */
  private static long secondLevel(int streamId) {
    return SECOND_LEVEL + (long) (streamId >> SPLIT & 0xF) * L2_BYTES;
  }
}
