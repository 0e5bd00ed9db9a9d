package io.vsmmu.scripted.guest;

import io.vsmmu.posix.PosixException;
import io.vsmmu.scripted.vmm.VfioUserClient;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A guest that does with its SMMU what Linux's arm-smmu-v3 driver does, in the same order. The VMM
 * around it maps its RAM and resets the device before the guest starts, as QEMU does.
 */
public final class ScriptedGuest implements AutoCloseable {

  /** CR0 of a guest that is up, without a PRI queue. */
  public static final int CR0_UP = 0xD;

  private static final int CMDQEN = 8;
  private static final int EVENTQEN = 4;
  private static final int PRIQEN = 2;
  private static final int SMMUEN = 1;
  private static final long ALLOCATE = 1L << 62;
  private static final long CR1_CACHEABLE = 0xD75;
  private static final long CR2_PTM_RECINVSID = 6;

  private final VfioUserClient vmm;
  private final RamView ram;
  private final Optional<Path> file;
  private GuestShape shape = GuestShape.LINUX;
  private CommandRing commands;
  private StreamTables streams;

  private ScriptedGuest(VfioUserClient vmm, RamView ram, Optional<Path> file) {
    this.vmm = vmm;
    this.ram = ram;
    this.file = file;
    this.commands = new CommandRing(vmm, ram, shape, false);
    this.streams = new StreamTables(ram, shape.twoLevel());
  }

  /** A VMM connects, shares the guest's RAM, and resets the device. */
  public static ScriptedGuest connect(Path socket, MemoryManner manner) throws IOException {
    Optional<Path> file =
        manner == MemoryManner.FILE ? Optional.of(memoryFile(socket)) : Optional.empty();
    VfioUserClient vmm = VfioUserClient.connect(socket);
    if (vmm.negotiate().errno() != 0) {
      throw new IllegalStateException("VERSION was refused");
    }
    RamView ram = new RamView(GuestShape.RAM, share(vmm, manner, file));
    vmm.reset();
    return new ScriptedGuest(vmm, ram, file);
  }

  /** {@code NAME.ram} beside {@code NAME.sock}. */
  private static Path memoryFile(Path socket) {
    String name = String.valueOf(socket.getFileName());
    return socket.resolveSibling(name.replace(".sock", ".ram"));
  }

  private static MemorySegment share(VfioUserClient vmm, MemoryManner manner, Optional<Path> file)
      throws IOException {
    return switch (manner) {
      case DESCRIPTOR -> vmm.mapMemfd(GuestShape.RAM, GuestShape.RAM_BYTES);
      case MESSAGES -> vmm.mapWithoutDescriptor(GuestShape.RAM, GuestShape.RAM_BYTES);
      case FILE -> {
        MemorySegment memory = mapped(file.orElseThrow());
        int errno = vmm.map(GuestShape.RAM, GuestShape.RAM_BYTES, 3, 0);
        if (errno != 0) {
          throw new PosixException("DMA_MAP", errno);
        }
        yield memory;
      }
    };
  }

  private static MemorySegment mapped(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, GuestShape.RAM_BYTES, Arena.ofAuto());
    }
  }

  /** The VMM that the guest runs in. */
  public VfioUserClient vmm() {
    return vmm;
  }

  public RamView ram() {
    return ram;
  }

  public CommandRing commands() {
    return commands;
  }

  public StreamTables streams() {
    return streams;
  }

  /** Reads a register by a message to the server, as wide as the register. */
  public long read(Register register) {
    return register.widthBits() == Long.SIZE
        ? vmm.read64(register.offset())
        : vmm.read32(register.offset());
  }

  /** Writes a register without waiting, as a guest's store does. */
  public void write(Register register, long value) {
    if (register.widthBits() == Long.SIZE) {
      vmm.post64(register.offset(), value);
    } else {
      vmm.post32(register.offset(), value);
    }
  }

  /** Writes a register and polls another until it has the same value. */
  public void writeAndPoll(Register register, long value, Register acknowledgement) {
    write(register, value);
    Await.until(
        "%s = 0x%x".formatted(acknowledgement, value), () -> read(acknowledgement) == value);
  }

  /** Whether the ID registers offer MSIs. */
  public boolean msi() {
    return IdField.MSI.bits().isSet(read(Register.IDR0));
  }

  private boolean pri() {
    return IdField.PRI.bits().isSet(read(Register.IDR0));
  }

  /** Starts the SMMU as Linux does; afterwards it is enabled. */
  public void boot(GuestShape wanted) {
    prepare(wanted);
    configureAll();
    enableEventQueue();
    enableInterrupts();
    long up = read(Register.CR0) | SMMUEN;
    writeAndPoll(Register.CR0, up, Register.CR0ACK);
  }

  /** {@link #boot(GuestShape)} as Linux has it. */
  public void boot() {
    boot(GuestShape.LINUX);
  }

  /** Up to an enabled command queue in which nothing was put yet. */
  public void prepare(GuestShape wanted) {
    shape = wanted;
    vmm.enable();
    commands = new CommandRing(vmm, ram, shape, msi());
    streams = new StreamTables(ram, shape.twoLevel());
    writeAndPoll(Register.CR0, 0, Register.CR0ACK);
    write(Register.CR1, CR1_CACHEABLE);
    write(Register.CR2, CR2_PTM_RECINVSID);
    write(Register.STRTAB_BASE, ALLOCATE | GuestShape.STREAM_TABLE);
    write(Register.STRTAB_BASE_CFG, streams.configuration());
    write(Register.CMDQ_BASE, ALLOCATE | shape.commands() | shape.log2Commands());
    write(Register.CMDQ_PROD, 0);
    write(Register.CMDQ_CONS, 0);
    writeAndPoll(Register.CR0, CMDQEN, Register.CR0ACK);
  }

  private void configureAll() {
    command(new ConfigInvalidation.SteRange(0, false, ConfigInvalidation.RANGE_ALL));
    sync();
    command(new TlbInvalidation.All(CommandOpcode.TLBI_NSNH_ALL, 0));
    sync();
  }

  private void enableEventQueue() {
    write(Register.EVENTQ_BASE, ALLOCATE | shape.records() | shape.log2Records());
    write(Register.EVENTQ_PROD, 0);
    write(Register.EVENTQ_CONS, 0);
    writeAndPoll(Register.CR0, CMDQEN | EVENTQEN, Register.CR0ACK);
    if (pri()) {
      write(Register.PRIQ_BASE, ALLOCATE | GuestShape.PAGE_REQUESTS | shape.log2Records());
      write(Register.PRIQ_PROD, 0);
      write(Register.PRIQ_CONS, 0);
      writeAndPoll(Register.CR0, CMDQEN | EVENTQEN | PRIQEN, Register.CR0ACK);
    }
  }

  private void enableInterrupts() {
    writeAndPoll(Register.IRQ_CTRL, 0, Register.IRQ_CTRLACK);
    if (msi()) {
      message(Register.GERROR_IRQ_CFG0, Register.GERROR_IRQ_CFG1, 0);
      message(Register.EVENTQ_IRQ_CFG0, Register.EVENTQ_IRQ_CFG1, 1);
      if (pri()) {
        message(Register.PRIQ_IRQ_CFG0, Register.PRIQ_IRQ_CFG1, 2);
      }
    }
    writeAndPoll(Register.IRQ_CTRL, pri() ? 7 : 5, Register.IRQ_CTRLACK);
  }

  private void message(Register address, Register data, int number) {
    write(address, shape.interrupts() + (long) number * GuestShape.MSI_STRIDE);
    write(data, number + 1);
  }

  /** What the GERROR's MSI wrote: 0 or 1. */
  public int errorMessage() {
    return ram.readInt(shape.interrupts());
  }

  /** What the event queue's MSI wrote: 0 or 2. */
  public int eventMessage() {
    return ram.readInt(shape.interrupts() + GuestShape.MSI_STRIDE);
  }

  /** What the PRI queue's MSI wrote: 0 or 3. */
  public int pageRequestMessage() {
    return ram.readInt(shape.interrupts() + 2L * GuestShape.MSI_STRIDE);
  }

  /** Forgets the MSIs that were received. */
  public void clearMessages() {
    for (int i = 0; i < 3; i++) {
      ram.writeInt(shape.interrupts() + (long) i * GuestShape.MSI_STRIDE, 0);
    }
  }

  /** Puts commands into the queue and rings once. */
  public void command(CommandEntry... entries) {
    commands.put(List.of(entries));
  }

  /** Puts a command and rings. */
  public void command(SmmuCommand command) {
    command(command.encode());
  }

  /** Puts a CMD_SYNC and waits for it. */
  public void sync() {
    commands.sync();
  }

  /** Writes an STE and makes the SMMU read it. */
  public void install(int streamId, StreamTableEntry ste) {
    streams.write(streamId, ste);
    command(new ConfigInvalidation.Ste(streamId, false, true));
    sync();
  }

  /** An STE that translates with a CD table at {@code contexts}. */
  public static StreamTableEntry translate(long contexts) {
    return StreamTableEntry.ofTwoWords(contexts | 0xB, 0);
  }

  /** An STE that lets everything pass. */
  public static StreamTableEntry bypass() {
    return StreamTableEntry.ofTwoWords(0x9, 0);
  }

  /** A CMD_TLBI_NH_VA of one page of 4 KiB. */
  public static CommandEntry invalidate(long page) {
    return new TlbInvalidation.Va(
            CommandOpcode.TLBI_NH_VA, 0, 1, InvalidationRange.single(page << 12, true))
        .encode();
  }

  /** Waits until the command queue has stopped; CMDQ_CONS then. */
  public long awaitCommandError() {
    Await.until(
        "GERROR.CMDQ_ERR", () -> ((read(Register.GERROR) ^ read(Register.GERRORN)) & 1) != 0);
    return read(Register.CMDQ_CONS);
  }

  /** Makes the failing entry a harmless one and acknowledges, as Linux does. */
  public void skipCommandError() {
    commands.write(
        commands.consumed(), new SmmuCommand.Sync(SmmuCommand.Sync.CS_NONE, 0, 0, 0, 0).encode());
    acknowledgeErrors();
  }

  /** Acknowledges all global errors: writes the value of GERROR to GERRORN. */
  public void acknowledgeErrors() {
    write(Register.GERRORN, read(Register.GERROR));
  }

  /** Takes what is in the event queue, and acknowledges an overflow. */
  public List<EventRecord> events() {
    List<EventRecord> records = new ArrayList<>();
    long prod = read(Register.EVENTQ_PROD);
    QueuePointer end = pointer(prod);
    QueuePointer next = pointer(read(Register.EVENTQ_CONS));
    while (!end.equals(next)) {
      long at = shape.records() + (long) next.index() * EventRecord.SIZE_BYTES;
      records.add(EventRecord.fromBytes(ram.read(at, EventRecord.SIZE_BYTES)));
      next = next.advance(1);
    }
    write(Register.EVENTQ_CONS, TableFields.OVFLG.inPlace(prod) | next.value());
    return records;
  }

  private QueuePointer pointer(long register) {
    return QueuePointer.normalise((int) register, shape.log2Records());
  }

  /** Closes the VMM's connection, even in the middle of a message. */
  @Override
  public void close() {
    vmm.close();
    file.ifPresent(ScriptedGuest::delete);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
