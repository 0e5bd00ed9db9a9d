package io.vsmmu.differential;

import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import java.util.Optional;

/** Runs one program on both machines, and compares them after every step. */
final class Lockstep {

  private final Sides sides;
  private final RegisterComparison registers;
  private final QueueComparison queue;
  private final TransactionComparison transactions;

  private Lockstep(GatewayMachine ours, Oracle qemu) {
    this.sides = new Sides(ours, qemu);
    this.registers = new RegisterComparison(sides);
    this.queue = new QueueComparison(sides);
    this.transactions = new TransactionComparison(sides);
  }

  /** Runs a program from reset machines and empty memory on. */
  static Verdict run(Program program, GatewayMachine ours, Oracle qemu) {
    return new Lockstep(ours, qemu).run(program);
  }

  private Verdict run(Program program) {
    sides.ours().ram().clearArena();
    sides.qemu().ram().clearArena();
    reset(false);
    int at = 0;
    try {
      registers.identification();
      for (; at < program.steps().size(); at++) {
        step(program.steps().get(at));
      }
      memory();
      return verdict(Optional.empty(), at);
    } catch (UnexplainedException difference) {
      return verdict(Optional.of(difference.at(at)), at);
    } catch (QemuEndedException ended) {
      Optional<Verdict.Unexplained> unexplained =
          sides.parted()
              ? Optional.empty()
              : Optional.of(new UnexplainedException("QEMU ends", "goes on", "ends").at(at));
      return verdict(unexplained, at);
    }
  }

  private Verdict verdict(Optional<Verdict.Unexplained> unexplained, int steps) {
    return new Verdict(sides.known(), unexplained, steps);
  }

  private void reset(boolean step) {
    sides.reset(step);
    transactions.reset();
  }

  private void step(Step step) {
    switch (step) {
      case Step.Write(int offset, int width, long value) -> write(offset, width, value, value);
      case Step.Read(int offset, int width) -> registers.read(offset, width);
      case Step.Store(long address, byte[] bytes) -> store(address, bytes);
      case Step.Commands(List<CommandEntry> entries) -> commands(entries);
      case Step.AcknowledgeErrors _ ->
          write(Register.GERRORN, sides.qemu(Register.GERROR), sides.ours(Register.GERROR));
      case Step.DrainEvents _ ->
          write(
              Register.EVENTQ_CONS,
              sides.qemu(Register.EVENTQ_PROD),
              sides.ours(Register.EVENTQ_PROD));
      case Step.Dma(int streamId) -> transactions.transaction(streamId);
      case Step.Reset _ -> {
        reset(true);
        registers.identification();
      }
    }
    if (!sides.parted()) {
      transactions.look();
      interrupts(step);
      if (!sides.parted()) {
        registers.everything();
      }
    }
    if (sides.parted()) {
      memory();
      reset(false);
    }
  }

  private void write(Register register, long atQemu, long atOurs) {
    write(register.offset(), register.widthBits() / Byte.SIZE, atQemu, atOurs);
  }

  private void write(int offset, int width, long atQemu, long atOurs) {
    List<QemuWords.Word> words = QemuWords.of(offset, width, atQemu);
    List<Long> before =
        words.stream().map(word -> sides.qemu().read(word.offset(), Integer.BYTES)).toList();
    RegisterWritten.Verdict verdict = verdict(offset, width, atOurs);
    boolean errors = offset == Register.GERRORN.offset() && width == Integer.BYTES;
    sides.ours().write(offset, width, errors ? sides.toOurs(Register.GERRORN, atOurs) : atOurs);
    sides.qemu().write(offset, width, atQemu);
    sides.words().wrote(words);
    switch (verdict) {
      case NO_REGISTER -> takenByQemuAlone(offset, words, before);
      case LOCKED -> locked(words, before);
      default -> {
        if (offset == Register.CR1.offset()) {
          registers.controlAttributes();
        }
        queue.settle();
      }
    }
  }

  private RegisterWritten.Verdict verdict(int offset, int width, long value) {
    Stimulus write = new Stimulus.WriteRegister(offset, width, value, List.of());
    return Vsmmu.decide(sides.ours().state(), write) instanceof Decision.Accepted accepted
            && accepted.events().getFirst() instanceof RegisterWritten written
        ? written.verdict()
        : RegisterWritten.Verdict.NO_REGISTER;
  }

  /** QEMU has a register where we have none. */
  private void takenByQemuAlone(int offset, List<QemuWords.Word> words, List<Long> before) {
    boolean taken = false;
    for (int i = 0; i < words.size(); i++) {
      int at = words.get(i).offset();
      boolean acts =
          at == Register.CR0.offset()
              || at == Register.CMDQ_PROD.offset()
              || at == Register.GERRORN.offset();
      taken |= acts || sides.qemu().read(at, Integer.BYTES) != before.get(i);
    }
    if (taken) {
      sides.part(
          offset % Long.BYTES != 0 && words.size() > 1
              ? KnownDifference.UNALIGNED_IN_TWO_HALVES
              : KnownDifference.PAGE_1_IS_PAGE_0);
    }
  }

  /** QEMU's guest writes back what stood there. */
  private void locked(List<QemuWords.Word> words, List<Long> before) {
    boolean taken = false;
    for (int i = 0; i < words.size(); i++) {
      QemuWords.Word word = words.get(i);
      long now = sides.qemu().read(word.offset(), Integer.BYTES);
      if (now != before.get(i)) {
        if (now != word.value()) {
          throw new UnexplainedException(
              "a locked word at 0x%x".formatted(word.offset()), before.get(i), now);
        }
        taken = true;
        sides.qemu().write(word.offset(), Integer.BYTES, before.get(i));
        sides.words().wrote(List.of(new QemuWords.Word(word.offset(), before.get(i))));
      }
    }
    if (taken) {
      sides.repaired(KnownDifference.LOCKED_REGISTERS_TAKEN);
    }
  }

  private void store(long address, byte[] bytes) {
    sides.ours().ram().write(address, bytes);
    sides.qemu().ram().write(address, bytes);
  }

  private void commands(List<CommandEntry> entries) {
    long base = sides.ours(Register.CMDQ_BASE);
    int log2 = Sides.log2(base);
    long queueAt = TableFields.QUEUE_ADDR.inPlace(base) & -((long) CommandEntry.SIZE_BYTES << log2);
    QueuePointer prod =
        QueuePointer.normalise((int) TableFields.WR.get(sides.ours(Register.CMDQ_PROD)), log2);
    for (CommandEntry entry : entries) {
      long slot = queueAt + (long) prod.index() * CommandEntry.SIZE_BYTES;
      if (Layout.inRam(slot, CommandEntry.SIZE_BYTES)) {
        store(slot, entry.toBytes());
      }
      prod = prod.advance(1);
    }
    write(Register.CMDQ_PROD, prod.value(), prod.value());
    boolean runs =
        sides.ours().state().commandQueueEnabled() && !sides.ours().state().commandQueueStopped();
    if (runs && entries.size() <= 1 << log2) {
      entries.forEach(this::invalidated);
    }
  }

  private void invalidated(CommandEntry entry) {
    if (SmmuCommand.decode(entry) instanceof ConfigInvalidation invalidation) {
      for (int streamId : Devices.STREAM_IDS) {
        boolean covered =
            switch (invalidation) {
              case ConfigInvalidation.Ste ste -> ste.sid() == streamId;
              case ConfigInvalidation.SteRange range ->
                  Integer.compareUnsigned(range.firstSid(), streamId) <= 0
                      && Integer.compareUnsigned(streamId, range.lastSid()) <= 0;
              default -> false;
            };
        if (covered && caughtUp()) {
          transactions.invalidated(streamId);
        }
      }
    }
  }

  private boolean caughtUp() {
    long base = sides.ours(Register.CMDQ_BASE);
    int log2 = Sides.log2(base);
    return QueuePointer.normalise((int) sides.ours(Register.CMDQ_PROD), log2)
        .equals(QueuePointer.normalise((int) sides.ours(Register.CMDQ_CONS), log2));
  }

  private void interrupts(Step step) {
    boolean ours = sides.ours().interrupted();
    boolean qemu = sides.qemu().interrupted();
    if (ours == qemu || sides.takeRepaired()) {
      return;
    }
    if (queue.notAligned()) {
      sides.part(KnownDifference.CMDQ_BASE_NOT_ALIGNED);
    } else {
      throw new UnexplainedException(
          "an interrupt after " + step.getClass().getSimpleName(),
          String.valueOf(ours),
          String.valueOf(qemu));
    }
  }

  private void memory() {
    long differs = sides.ours().ram().firstDifference(sides.qemu().ram());
    if (differs >= 0) {
      long aligned = differs & -Long.BYTES;
      throw new UnexplainedException(
          "memory at 0x%x".formatted(aligned),
          sides.ours().ram().readLong(aligned),
          sides.qemu().ram().readLong(aligned));
    }
  }
}
