package io.vsmmu.host.kernel;

import io.vsmmu.host.RamSource;
import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * RAM of a guest that contains two stage 1 tables. Each maps all of the RAM at another address, so
 * the addresses at which a DMA succeeds show which stage 1 the device uses.
 */
public final class GuestRam implements AutoCloseable {

  /** Guest-physical address; the beginning of a block of 1 GiB. */
  public static final long BASE = 0x4000_0000L;

  /** Bytes. */
  public static final long SIZE = 16 * 4096;

  /** An address that no stage 1 maps. */
  public static final long UNMAPPED = 0xc000_0000L;

  /** ASID of the first stage 1. */
  public static final int FIRST_ASID = 7;

  /** ASID of the second one. */
  public static final int SECOND_ASID = 8;

  public static final long FIRST_CONTEXT = BASE + 0x4000;
  public static final long SECOND_CONTEXT = BASE + 0x4040;

  private static final long PAGE = 4096;
  private static final int ASID_SHIFT = 48;

  /** Level 1 table entries of 1 GiB each (Arm ARM, D8.3): block, AF, inner shareable, nG. */
  private static final long BLOCK = 1 | 1 << 10 | 3 << 8 | 1 << 11;

  private static final int BLOCK_SHIFT = 30;

  private static final AtomicLong NUMBERS = new AtomicLong(System.nanoTime() | 1);

  /** The addresses by which a device reaches the RAM. */
  public enum Way {
    /** Guest-physical ones. */
    BYPASS(BASE),
    /** Those of the first stage 1. */
    FIRST(0),
    /** Those of the second stage 1. */
    SECOND(0x8000_0000L),
    /** Not at all. */
    NONE(-1);

    private final long beginning;

    Way(long beginning) {
      this.beginning = beginning;
    }

    /** Address at which the RAM begins; -1 for {@link #NONE}. */
    public long beginning() {
      return beginning;
    }
  }

  private final Fd memory;

  public GuestRam() {
    try {
      memory = Memfd.create("guest", SIZE);
    } catch (PosixException refused) {
      throw new IllegalStateException(refused);
    }
    stage1(FIRST_CONTEXT, BASE + 0x5000, FIRST_ASID);
    secondStage1(SECOND_ASID);
    map(Way.FIRST);
    map(Way.SECOND);
  }

  /** Writes the second CD with this ASID. */
  public void secondStage1(int asid) {
    stage1(SECOND_CONTEXT, BASE + 0x6000, asid);
  }

  private void stage1(long context, long table, int asid) {
    put(context - BASE, ContextTables.word0() | (long) asid << ASID_SHIFT);
    put(context - BASE + Long.BYTES, table);
  }

  /** Writes the table entry that maps the RAM in a stage 1. */
  public void map(Way way) {
    put(entry(way), BASE | BLOCK);
  }

  /**
   * Clears the table entry without an invalidation, so that the SMMU may still have it in its TLB.
   */
  public void unmap(Way way) {
    put(entry(way), 0);
  }

  private static long entry(Way way) {
    return (way == Way.FIRST ? 0x5000 : 0x6000) + Long.BYTES * (way.beginning >> BLOCK_SHIFT);
  }

  private void put(long at, long value) {
    try (Arena arena = Arena.ofConfined()) {
      if (DeviceCalls.writeAt(memory, arena.allocateFrom(ValueLayout.JAVA_LONG, value), at)
          != Long.BYTES) {
        throw new IllegalStateException("not written");
      }
    }
  }

  private long get(long at) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      if (DeviceCalls.readAt(memory, value, at) != Long.BYTES) {
        throw new IllegalStateException("not read");
      }
      return value.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** The sources with which a VMM shares the RAM. */
  public List<RamSource> source() {
    return List.of(new RamSource.MemfdRange(memory.number(), 0));
  }

  /** The addresses by which the device reaches the RAM now. */
  public Way way(EduDevice device) {
    for (Way way : List.of(Way.BYPASS, Way.FIRST, Way.SECOND)) {
      if (reaches(device, way)) {
        return way;
      }
    }
    return Way.NONE;
  }

  /** Whether the device copies a new number from the first page to the second. */
  public boolean reaches(EduDevice device, Way way) {
    return copies(device, way, 0, 1);
  }

  /** Whether the device copies a new number from page to page. */
  public boolean copies(EduDevice device, Way way, int from, int to) {
    long number = NUMBERS.addAndGet(2);
    put(from * PAGE, number);
    put(to * PAGE, 0);
    try {
      device.readRam(way.beginning + from * PAGE, Long.BYTES);
      device.writeRam(way.beginning + to * PAGE, Long.BYTES);
    } catch (InterruptedException ended) {
      throw new IllegalStateException(ended);
    }
    return get(to * PAGE) == number;
  }

  @Override
  public void close() {
    memory.close();
  }
}
