package io.vsmmu.differential;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.InterruptFields;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import java.util.Optional;

/**
 * Compares the consumption of the command queue by both machines. If a known difference stops one
 * of them, its guest does the same as a driver after an error: it replaces the command and
 * acknowledges the error.
 */
final class QueueComparison {

  private static final int MOST_REPAIRS = 64;
  private static final CommandEntry HARMLESS = CommandEntries.of(CommandOpcode.PREFETCH_CONFIG);
  private static final int SYNC_CS_RESERVED = 3;

  /** Bit 5 of a queue's base address, which QEMU's model ignores. */
  private static final long IGNORED_BY_QEMU = 0x20;

  private static final int TG_16KB = 2;

  /** SCALE has five bits without IDR5.DS. */
  private static final int MOST_SCALE = 31;

  private static final Bits ERROR = InterruptFields.CMDQ_ERR;

  private final MachinePair machines;

  /** log2 of the queue's entries after the preceding write. */
  private int log2Before;

  QueueComparison(MachinePair machines) {
    this.machines = machines;
  }

  /** Compares the two after a step that can have made them consume commands. */
  void settle() {
    int log2 = MachinePair.log2(machines.vsmmu(Register.CMDQ_BASE));
    if (log2 > log2Before && !same() && sameBelow(log2Before)) {
      machines.stopComparing(KnownDifference.INDEX_ABOVE_WRAP_KEPT);
    }
    log2Before = log2;
    for (int repairs = 0; repairs < MOST_REPAIRS && !machines.stopped(); repairs++) {
      if (same() || !repaired()) {
        return;
      }
    }
  }

  /** Whether the indexes are the same modulo the size that the queue had before. */
  private boolean sameBelow(int log2) {
    long differing = machines.vsmmu(Register.CMDQ_CONS) ^ machines.qemu(Register.CMDQ_CONS);
    return (TableFields.RD.get(differing) & ((2L << log2) - 1)) == 0;
  }

  private QueuePointer cons(long register) {
    int log2 = MachinePair.log2(machines.vsmmu(Register.CMDQ_BASE));
    return QueuePointer.normalise((int) TableFields.RD.get(register), log2);
  }

  private boolean vsmmuStopped() {
    return ERROR.isSet(machines.vsmmu(Register.GERROR) ^ machines.vsmmu(Register.GERRORN));
  }

  private boolean qemuStopped() {
    return ERROR.isSet(machines.qemu(Register.GERROR) ^ machines.qemu(Register.GERRORN));
  }

  private boolean same() {
    long vsmmu = machines.vsmmu(Register.CMDQ_CONS);
    long qemu = machines.qemu(Register.CMDQ_CONS);
    boolean code = !vsmmuStopped() || TableFields.CMDQ_CONS_ERR.get(vsmmu ^ qemu) == 0;
    return cons(vsmmu).equals(cons(qemu)) && vsmmuStopped() == qemuStopped() && code;
  }

  /** Whether a known difference stopped one of them and was compensated. */
  private boolean repaired() {
    long aligned = aligned();
    if (notAligned()) {
      machines.stopComparing(KnownDifference.CMDQ_BASE_NOT_ALIGNED);
      return false;
    }
    if (qemuReadsAboveOas()) {
      machines.stopComparing(KnownDifference.ADDRESS_ABOVE_OAS_KEPT);
      return false;
    }
    QueuePointer vsmmu = cons(machines.vsmmu(Register.CMDQ_CONS));
    QueuePointer prod = cons(machines.vsmmu(Register.CMDQ_PROD));
    if (!vsmmuStopped() && !prod.consistentWith(vsmmu)) {
      machines.stopComparing(KnownDifference.PROD_OUT_OF_STEP);
      return false;
    }
    long slot = aligned + (long) vsmmu.index() * CommandEntry.SIZE_BYTES;
    if (vsmmuStopped() && aborted() && GuestMemoryMap.amongDevices(slot)) {
      machines.stopComparing(KnownDifference.OUTSIDE_RAM);
      return false;
    }
    boolean behind = !vsmmu.equals(cons(machines.qemu(Register.CMDQ_CONS))) || !qemuStopped();
    if (vsmmuStopped() && behind && GuestMemoryMap.inRam(slot, CommandEntry.SIZE_BYTES)) {
      byte[] bytesThere = machines.vsmmu().ram().read(slot, CommandEntry.SIZE_BYTES);
      Optional<KnownDifference> known = consumed(CommandEntry.fromBytes(bytesThere));
      if (known.isPresent()) {
        machines.compensated(known.get());
        machines.vsmmu().ram().write(slot, HARMLESS.toBytes());
        machines.acknowledgeAtVsmmu(ERROR.mask());
        machines.vsmmu().ram().write(slot, bytesThere);
        return true;
      }
      throw new UnexplainedDifferenceException(
          "the command %s 0x%016x 0x%016x"
              .formatted(
                  CommandEntry.fromBytes(bytesThere).name(),
                  CommandEntry.fromBytes(bytesThere).word0(),
                  CommandEntry.fromBytes(bytesThere).word1()),
          description(machines.vsmmu(Register.CMDQ_CONS), vsmmuStopped()),
          description(machines.qemu(Register.CMDQ_CONS), qemuStopped()));
    }
    throw new UnexplainedDifferenceException(
        "the command queue",
        description(machines.vsmmu(Register.CMDQ_CONS), vsmmuStopped()),
        description(machines.qemu(Register.CMDQ_CONS), qemuStopped()));
  }

  private boolean aborted() {
    return aborted(machines.vsmmu(Register.CMDQ_CONS));
  }

  private static boolean aborted(long cons) {
    return TableFields.CMDQ_CONS_ERR.get(cons) == CommandError.CERROR_ABT.code();
  }

  /** Whether QEMU read at an address with bits above IDR5.OAS, which it does not truncate. */
  private boolean qemuReadsAboveOas() {
    return qemuStopped()
        && aborted(machines.qemu(Register.CMDQ_CONS))
        && (machines.qemu(Register.CMDQ_BASE) & RegisterComparison.ABOVE_OAS) != 0;
  }

  private long aligned() {
    long base = machines.vsmmu(Register.CMDQ_BASE);
    long bytes = (long) CommandEntry.SIZE_BYTES << MachinePair.log2(base);
    return TableFields.QUEUE_ADDR.inPlace(base) & -Math.max(bytes, 32);
  }

  /** Whether the two read their commands from different addresses. */
  boolean notAligned() {
    long address = TableFields.QUEUE_ADDR.inPlace(machines.vsmmu(Register.CMDQ_BASE));
    return address != aligned() || (address & IGNORED_BY_QEMU) != 0;
  }

  private static String description(long cons, boolean stopped) {
    return "CMDQ_CONS 0x%x%s".formatted(cons, stopped ? ", stopped" : "");
  }

  /** The known difference by which QEMU consumes a command that the vSMMU does not consume. */
  private static Optional<KnownDifference> consumed(CommandEntry entry) {
    return entry.command().flatMap(opcode -> consumed(opcode, entry));
  }

  private static Optional<KnownDifference> consumed(CommandOpcode opcode, CommandEntry entry) {
    return switch (opcode) {
      case PREFETCH_CONFIG, PREFETCH_ADDR ->
          when(CommandFields.SSEC.isSet(entry.word0()), KnownDifference.PREFETCH_SSEC_CONSUMED);
      case SYNC ->
          when(
              CommandFields.CS.get(entry.word0()) == SYNC_CS_RESERVED,
              KnownDifference.SYNC_CS_3_CONSUMED);
      case TLBI_EL2_ALL, TLBI_EL2_ASID, TLBI_EL2_VA, TLBI_EL2_VAA, TLBI_EL3_ALL, TLBI_EL3_VA ->
          Optional.of(KnownDifference.EL2_EL3_CONSUMED);
      case TLBI_S12_VMALL, TLBI_S2_IPA -> Optional.of(KnownDifference.STAGE_2_TLBI_CONSUMED);
      case ATC_INV, PRI_RESP -> Optional.of(KnownDifference.ATS_PRI_CONSUMED);
      case RESUME, STALL_TERM -> Optional.of(KnownDifference.STALL_COMMANDS_CONSUMED);
      case TLBI_NH_VA, TLBI_NH_VAA ->
          when(reservedRange(entry), KnownDifference.RESERVED_RANGE_CONSUMED);
      default -> Optional.empty();
    };
  }

  /**
   * A granule with neither a range nor a level, without IDR5.DS (IHI 0070, 4.4.1.1). Level 1 of
   * 16KB is no level then.
   */
  private static boolean reservedRange(CommandEntry entry) {
    long granule = CommandFields.TG1.get(entry.word1());
    long level = CommandFields.TTL1.get(entry.word1());
    return granule != 0
        && CommandFields.NUM.get(entry.word0()) == 0
        && (CommandFields.SCALE.get(entry.word0()) & MOST_SCALE) == 0
        && (level == 0 || (granule == TG_16KB && level == 1));
  }

  private static Optional<KnownDifference> when(boolean holds, KnownDifference difference) {
    return holds ? Optional.of(difference) : Optional.empty();
  }
}
