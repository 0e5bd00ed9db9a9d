package io.vsmmu.bench;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.SharedMapping;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A guest behind a VMM's socket, with RAM of its own. Like Linux, it requests the completion of a
 * CMD_SYNC as an MSI that overwrites the CMD_SYNC in the queue, and polls its memory for it.
 */
final class LiveGuest implements AutoCloseable {

  static final int STREAM = 0x100;

  private static final long RAM = 0x4000_0000L;
  private static final long RAM_BYTES = 0x400_0000L;
  private static final long STREAM_TABLE = 0x100_0000L;
  private static final long COMMAND_QUEUE = 0x200_0000L;
  private static final long EVENT_QUEUE = 0x300_0000L;
  private static final int LOG2_COMMANDS = 18;
  private static final int LOG2_EVENTS = 10;
  private static final int LOG2_STREAMS = 9;
  private static final int STE_BYTES = 64;
  private static final long ALLOCATE = 1L << 62;

  /** A valid STE that selects stage 1, with its CD at the address. */
  private static final long STE_STAGE_1 = 0x4000_000bL;

  private static final int QUEUES = 0xc;
  private static final int QUEUES_AND_SMMU = 0xd;
  private static final int CONS_ERROR = 0x7f00_0000;
  private static final int PAGES = 512;
  private static final int ASID = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  private final RawVmm vmm;
  private final SharedMapping ram;
  private QueuePointer prod = new QueuePointer(0, LOG2_COMMANDS);
  private QueuePointer cons = prod;
  private int page;

  /**
   * Connects to the vSMMU's socket and boots the guest: its driver has set the SMMU up afterwards.
   */
  LiveGuest(Path socket) throws IOException {
    vmm = new RawVmm(socket);
    try (Fd memory = Memfd.create("bench-guest", RAM_BYTES)) {
      ram = SharedMapping.of(memory, 0, RAM_BYTES, true);
      vmm.share(memory, RAM, RAM_BYTES);
    }
    boot();
  }

  private void boot() throws IOException {
    int msi = (int) IdField.MSI.bits().mask();
    awaitRegister(Register.IDR0, msi, msi);
    ram.segment().set(LONG, STREAM_TABLE + (long) STREAM * STE_BYTES, STE_STAGE_1);
    write(Register.STRTAB_BASE, ALLOCATE | (RAM + STREAM_TABLE));
    write(Register.STRTAB_BASE_CFG, LOG2_STREAMS);
    write(Register.CMDQ_BASE, ALLOCATE | (RAM + COMMAND_QUEUE) | LOG2_COMMANDS);
    write(Register.EVENTQ_BASE, ALLOCATE | (RAM + EVENT_QUEUE) | LOG2_EVENTS);
    write(Register.CR0, QUEUES);
    awaitRegister(Register.CR0ACK, -1, QUEUES);
    write(Register.CR0, QUEUES_AND_SMMU);
    awaitRegister(Register.CR0ACK, -1, QUEUES_AND_SMMU);
    put(new ConfigInvalidation.Ste(STREAM, false, true).encode());
    complete();
  }

  private void write(Register register, long value) throws IOException {
    vmm.post(register.offset(), register.widthBits() / Byte.SIZE, value);
  }

  private void awaitRegister(Register register, int mask, int value) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while ((vmm.read(register.offset()) & mask) != value) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("%s does not become 0x%x".formatted(register, value));
      }
    }
  }

  /**
   * Invalidates pages like an unmapping of Linux: one batch of TLBIs with a CMD_SYNC.
   *
   * @param pages to invalidate, fewer than the queue has entries
   * @return nanoseconds from writing CMDQ_PROD to seeing the MSI
   */
  long unmap(int pages) throws IOException {
    for (int i = 0; i < pages; i++) {
      put(tlbi());
    }
    return complete();
  }

  /**
   * Unmaps single pages.
   *
   * @param times how many
   * @return nanoseconds of each, as {@link #unmap}
   */
  long[] unmapPages(int times) throws IOException {
    long[] nanos = new long[times];
    for (int i = 0; i < times; i++) {
      nanos[i] = unmap(1);
    }
    return nanos;
  }

  private long complete() throws IOException {
    long slot = slot();
    put(new SmmuCommand.Sync(SmmuCommand.Sync.CS_IRQ, 3, 0xf, 0, RAM + slot).encode());
    long start = System.nanoTime();
    ring();
    await(() -> (int) INT.getAcquire(ram.segment(), slot) == 0);
    return System.nanoTime() - start;
  }

  private static void await(BooleanSupplier done) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("a CMD_SYNC does not complete");
      }
      // A real guest has processors of its own; this one yields the processor that it shares.
      Thread.yield();
    }
  }

  private CommandEntry tlbi() {
    page = (page + 1) % PAGES;
    InvalidationRange range = InvalidationRange.single(0xffe0_0000L + page * 0x1000L, true);
    return new TlbInvalidation.Va(CommandOpcode.TLBI_NH_VA, 0, ASID, range).encode();
  }

  private long slot() {
    return COMMAND_QUEUE + (long) prod.index() * CommandEntry.SIZE_BYTES;
  }

  private void put(CommandEntry entry) {
    ram.segment().set(LONG, slot(), entry.word0());
    ram.segment().set(LONG, slot() + Long.BYTES, entry.word1());
    prod = prod.advance(1);
  }

  private void ring() throws IOException {
    write(Register.CMDQ_PROD, prod.value());
  }

  /** Fills the queue with batches of {@link Guest#ENTRIES} whose CMD_SYNC signals nothing. */
  void prepareStorm() {
    QueuePointer next = prod;
    for (int i = 0; i < prod.size(); i++) {
      boolean last = i % Guest.ENTRIES == Guest.ENTRIES - 1;
      put(last ? new SmmuCommand.Sync(SmmuCommand.Sync.CS_NONE, 0, 0, 0, 0).encode() : tlbi());
    }
    prod = next;
  }

  /** Writes CMDQ_PROD for the next prepared batch; polls CMDQ_CONS while the queue is full. */
  void storm() throws IOException {
    post(Guest.ENTRIES);
  }

  /** As {@link #storm}, for the next prepared entries, this number of them. */
  void post(int entries) throws IOException {
    while (prod.size() - prod.distanceFrom(cons) < entries) {
      look();
    }
    prod = prod.advance(entries);
    ring();
  }

  /** Waits until CMDQ_CONS equals CMDQ_PROD. */
  void drain() throws IOException {
    while (!prod.emptyFor(cons)) {
      look();
    }
  }

  private void look() throws IOException {
    int now = vmm.read(Register.CMDQ_CONS.offset());
    if ((now & CONS_ERROR) != 0) {
      throw new IOException("the command queue stopped: CMDQ_CONS 0x%x".formatted(now));
    }
    cons = QueuePointer.normalise(now, LOG2_COMMANDS);
  }

  @Override
  public void close() {
    vmm.close();
    ram.close();
  }
}
