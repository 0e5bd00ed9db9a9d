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

/** Runs one program on both machines and compares them after every step. */
final class Lockstep {

  private final MachinePair machines;
  private final RegisterComparison registers;
  private final QueueComparison queue;
  private final TransactionComparison transactions;

  private Lockstep(GatewayMachine vsmmu, Oracle qemu) {
    this.machines = new MachinePair(vsmmu, qemu);
    this.registers = new RegisterComparison(machines);
    this.queue = new QueueComparison(machines);
    this.transactions = new TransactionComparison(machines);
  }

  /** Resets both machines, clears their memory and runs the program. */
  static ProgramResult run(Program program, GatewayMachine vsmmu, Oracle qemu) {
    return new Lockstep(vsmmu, qemu).run(program);
  }

  private ProgramResult run(Program program) {
    machines.vsmmu().ram().clearArena();
    machines.qemu().ram().clearArena();
    reset(false);
    int at = 0;
    try {
      registers.identification();
      for (; at < program.steps().size(); at++) {
        step(program.steps().get(at));
      }
      memory();
      return result(Optional.empty(), at);
    } catch (UnexplainedDifferenceException difference) {
      return result(Optional.of(difference.at(at)), at);
    } catch (QemuEndedException ended) {
      Optional<ProgramResult.Unexplained> unexplained =
          machines.stopped()
              ? Optional.empty()
              : Optional.of(
                  new UnexplainedDifferenceException("QEMU ends", "continues", "ends").at(at));
      return result(unexplained, at);
    }
  }

  private ProgramResult result(Optional<ProgramResult.Unexplained> unexplained, int steps) {
    return new ProgramResult(machines.known(), unexplained, steps);
  }

  private void reset(boolean step) {
    machines.reset(step);
    transactions.reset();
  }

  private void step(Step step) {
    switch (step) {
      case Step.Write(int offset, int width, long value) -> write(offset, width, value, value);
      case Step.Read(int offset, int width) -> registers.read(offset, width);
      case Step.Store(long address, byte[] bytes) -> store(address, bytes);
      case Step.Commands(List<CommandEntry> entries) -> commands(entries);
      case Step.AcknowledgeErrors _ ->
          write(Register.GERRORN, machines.qemu(Register.GERROR), machines.vsmmu(Register.GERROR));
      case Step.DrainEvents _ ->
          write(
              Register.EVENTQ_CONS,
              machines.qemu(Register.EVENTQ_PROD),
              machines.vsmmu(Register.EVENTQ_PROD));
      case Step.Dma(int streamId) -> transactions.transaction(streamId);
      case Step.Reset _ -> {
        reset(true);
        registers.identification();
      }
    }
    if (!machines.stopped()) {
      transactions.look();
      interrupts(step);
      if (!machines.stopped()) {
        registers.everything();
      }
    }
    if (machines.stopped()) {
      memory();
      reset(false);
    }
  }

  private void write(Register register, long atQemu, long atVsmmu) {
    write(register.offset(), register.widthBits() / Byte.SIZE, atQemu, atVsmmu);
  }

  private void write(int offset, int width, long atQemu, long atVsmmu) {
    List<QemuWords.Word> words = QemuWords.of(offset, width, atQemu);
    List<Long> before =
        words.stream().map(word -> machines.qemu().read(word.offset(), Integer.BYTES)).toList();
    RegisterWritten.Verdict verdict = verdict(offset, width, atVsmmu);
    boolean errors = offset == Register.GERRORN.offset() && width == Integer.BYTES;
    machines
        .vsmmu()
        .write(offset, width, errors ? machines.forVsmmu(Register.GERRORN, atVsmmu) : atVsmmu);
    machines.qemu().write(offset, width, atQemu);
    machines.words().wrote(words);
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
    return Vsmmu.decide(machines.vsmmu().state(), write) instanceof Decision.Accepted accepted
            && accepted.events().getFirst() instanceof RegisterWritten written
        ? written.verdict()
        : RegisterWritten.Verdict.NO_REGISTER;
  }

  /** A write to an offset at which QEMU has a register and the vSMMU has none. */
  private void takenByQemuAlone(int offset, List<QemuWords.Word> words, List<Long> before) {
    boolean taken = false;
    for (int i = 0; i < words.size(); i++) {
      int at = words.get(i).offset();
      boolean acts =
          at == Register.CR0.offset()
              || at == Register.CMDQ_PROD.offset()
              || at == Register.GERRORN.offset();
      taken |= acts || machines.qemu().read(at, Integer.BYTES) != before.get(i);
    }
    if (taken) {
      machines.stopComparing(
          offset % Long.BYTES != 0 && words.size() > 1
              ? KnownDifference.UNALIGNED_IN_TWO_HALVES
              : KnownDifference.PAGE_1_IS_PAGE_0);
    }
  }

  /** QEMU took a write of a locked register: its guest writes the earlier value back. */
  private void locked(List<QemuWords.Word> words, List<Long> before) {
    boolean taken = false;
    for (int i = 0; i < words.size(); i++) {
      QemuWords.Word word = words.get(i);
      long now = machines.qemu().read(word.offset(), Integer.BYTES);
      if (now != before.get(i)) {
        if (now != word.value()) {
          throw new UnexplainedDifferenceException(
              "a locked word at 0x%x".formatted(word.offset()), before.get(i), now);
        }
        taken = true;
        machines.qemu().write(word.offset(), Integer.BYTES, before.get(i));
        machines.words().wrote(List.of(new QemuWords.Word(word.offset(), before.get(i))));
      }
    }
    if (taken) {
      machines.compensated(KnownDifference.LOCKED_REGISTERS_TAKEN);
    }
  }

  private void store(long address, byte[] bytes) {
    machines.vsmmu().ram().write(address, bytes);
    machines.qemu().ram().write(address, bytes);
  }

  private void commands(List<CommandEntry> entries) {
    long base = machines.vsmmu(Register.CMDQ_BASE);
    int log2 = MachinePair.log2(base);
    long queueAt = TableFields.QUEUE_ADDR.inPlace(base) & -((long) CommandEntry.SIZE_BYTES << log2);
    QueuePointer prod =
        QueuePointer.normalise((int) TableFields.WR.get(machines.vsmmu(Register.CMDQ_PROD)), log2);
    for (CommandEntry entry : entries) {
      long slot = queueAt + (long) prod.index() * CommandEntry.SIZE_BYTES;
      if (GuestMemoryMap.inRam(slot, CommandEntry.SIZE_BYTES)) {
        store(slot, entry.toBytes());
      }
      prod = prod.advance(1);
    }
    write(Register.CMDQ_PROD, prod.value(), prod.value());
    boolean runs =
        machines.vsmmu().state().commandQueueEnabled()
            && !machines.vsmmu().state().commandQueueStopped();
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
    long base = machines.vsmmu(Register.CMDQ_BASE);
    int log2 = MachinePair.log2(base);
    return QueuePointer.normalise((int) machines.vsmmu(Register.CMDQ_PROD), log2)
        .equals(QueuePointer.normalise((int) machines.vsmmu(Register.CMDQ_CONS), log2));
  }

  private void interrupts(Step step) {
    boolean vsmmu = machines.vsmmu().interrupted();
    boolean qemu = machines.qemu().interrupted();
    if (vsmmu == qemu || machines.takeCompensated()) {
      return;
    }
    if (queue.notAligned()) {
      machines.stopComparing(KnownDifference.CMDQ_BASE_NOT_ALIGNED);
    } else {
      throw new UnexplainedDifferenceException(
          "an interrupt after " + step.getClass().getSimpleName(),
          String.valueOf(vsmmu),
          String.valueOf(qemu));
    }
  }

  private void memory() {
    long differs = machines.vsmmu().ram().firstDifference(machines.qemu().ram());
    if (differs >= 0) {
      long aligned = differs & -Long.BYTES;
      throw new UnexplainedDifferenceException(
          "memory at 0x%x".formatted(aligned),
          machines.vsmmu().ram().readLong(aligned),
          machines.qemu().ram().readLong(aligned));
    }
  }
}
