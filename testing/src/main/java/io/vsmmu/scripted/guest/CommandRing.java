package io.vsmmu.scripted.guest;

import io.vsmmu.scripted.vmm.VfioUserClient;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import java.util.List;

/** The guest's side of its command queue: the producer (IHI 0070, 3.5 and 4.7). */
public final class CommandRing {

  private static final int SHAREABLE = 3;
  private static final int WRITE_BACK = 0xF;

  private final VfioUserClient vmm;
  private final RamView ram;
  private final long base;
  private final boolean msi;
  private QueuePointer prod;
  private QueuePointer cons;

  CommandRing(VfioUserClient vmm, RamView ram, GuestShape shape, boolean msi) {
    this.vmm = vmm;
    this.ram = ram;
    this.base = shape.commands();
    this.msi = msi;
    this.prod = QueuePointer.normalise(0, shape.log2Commands());
    this.cons = prod;
  }

  /** The index of the next entry, CMDQ_PROD. */
  public QueuePointer prod() {
    return prod;
  }

  /** Guest-physical address of the place of an index. */
  public long slot(QueuePointer index) {
    return base + (long) index.index() * CommandEntry.SIZE_BYTES;
  }

  /** Puts commands into the queue, waiting for room as a driver does, and rings. */
  public void put(List<CommandEntry> entries) {
    for (CommandEntry entry : entries) {
      if (prod.fullFor(cons)) {
        ring();
        Await.until("room in the command queue", this::room);
      }
      write(prod, entry);
      prod = prod.advance(1);
    }
    ring();
  }

  /**
   * Writes an entry at index {@code at} of the queue without ringing the doorbell; does nothing
   * when the queue is not in RAM.
   */
  public void write(QueuePointer at, CommandEntry entry) {
    if (ram.has(slot(at), CommandEntry.SIZE_BYTES)) {
      ram.write(slot(at), entry.toBytes());
    }
  }

  /** Rings the doorbell: writes CMDQ_PROD. */
  public void ring() {
    vmm.post32(Register.CMDQ_PROD.offset(), prod.value());
  }

  private boolean room() {
    cons = consumed();
    return !prod.fullFor(cons);
  }

  /** CMDQ_CONS as the guest reads it. */
  public QueuePointer consumed() {
    return QueuePointer.normalise((int) vmm.read32(Register.CMDQ_CONS.offset()), prod.log2Size());
  }

  /** A CMD_SYNC as Linux asks for it: an MSI into its own place, or an event. */
  public CommandEntry syncEntry() {
    return msi
        ? new SmmuCommand.Sync(SmmuCommand.Sync.CS_IRQ, SHAREABLE, WRITE_BACK, 0, slot(prod))
            .encode()
        : new SmmuCommand.Sync(SmmuCommand.Sync.CS_SEV, 0, 0, 0, 0).encode();
  }

  /** Puts a CMD_SYNC and waits until it is complete: in memory, or by CMDQ_CONS. */
  public void sync() {
    QueuePointer at = startSync();
    Await.until("CMD_SYNC", () -> synced(at));
    cons = at.advance(1);
  }

  /** Puts a CMD_SYNC into the queue, and gives its index. */
  public QueuePointer startSync() {
    if (prod.fullFor(cons)) {
      Await.until("room in the command queue", this::room);
    }
    QueuePointer at = prod;
    put(List.of(syncEntry()));
    return at;
  }

  /** Whether the CMD_SYNC that was put there is complete. */
  public boolean synced(QueuePointer at) {
    return msi ? ram.readInt(slot(at)) == 0 : consumed().equals(prod);
  }
}
