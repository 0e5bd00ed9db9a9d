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
 * Compares how far both have consumed the command queue. Where a known difference stops one of
 * them, its guest does what a driver does at an error: it puts another command there and
 * acknowledges.
 */
final class QueueComparison {

  private static final int MOST_REPAIRS = 64;
  private static final CommandEntry HARMLESS = Commands.of(CommandOpcode.PREFETCH_CONFIG);
  private static final int SYNC_CS_RESERVED = 3;

  /** Bit 5 of the base. */
  private static final long IGNORED_BY_QEMU = 0x20;

  private static final int TG_16KB = 2;

  /** SCALE has five bits without IDR5.DS. */
  private static final int MOST_SCALE = 31;

  private static final Bits ERROR = InterruptFields.CMDQ_ERR;

  private final Sides sides;

  /** log2 of the queue's entries after the write before. */
  private int log2Before;

  QueueComparison(Sides sides) {
    this.sides = sides;
  }

  /** After anything that may have made them consume commands. */
  void settle() {
    int log2 = Sides.log2(sides.ours(Register.CMDQ_BASE));
    if (log2 > log2Before && !same() && sameBelow(log2Before)) {
      sides.part(KnownDifference.INDEX_ABOVE_WRAP_KEPT);
    }
    log2Before = log2;
    for (int repairs = 0; repairs < MOST_REPAIRS && !sides.parted(); repairs++) {
      if (same() || !repaired()) {
        return;
      }
    }
  }

  /** Whether the indexes are the same in a queue of this size, which it was before. */
  private boolean sameBelow(int log2) {
    long differing = sides.ours(Register.CMDQ_CONS) ^ sides.qemu(Register.CMDQ_CONS);
    return (TableFields.RD.get(differing) & ((2L << log2) - 1)) == 0;
  }

  private QueuePointer cons(long register) {
    int log2 = Sides.log2(sides.ours(Register.CMDQ_BASE));
    return QueuePointer.normalise((int) TableFields.RD.get(register), log2);
  }

  private boolean oursStopped() {
    return ERROR.isSet(sides.ours(Register.GERROR) ^ sides.ours(Register.GERRORN));
  }

  private boolean qemuStopped() {
    return ERROR.isSet(sides.qemu(Register.GERROR) ^ sides.qemu(Register.GERRORN));
  }

  private boolean same() {
    long ours = sides.ours(Register.CMDQ_CONS);
    long qemu = sides.qemu(Register.CMDQ_CONS);
    boolean code = !oursStopped() || TableFields.CMDQ_CONS_ERR.get(ours ^ qemu) == 0;
    return cons(ours).equals(cons(qemu)) && oursStopped() == qemuStopped() && code;
  }

  /** Whether what stopped one of them is known, and was made up for. */
  private boolean repaired() {
    long aligned = aligned();
    if (notAligned()) {
      sides.part(KnownDifference.CMDQ_BASE_NOT_ALIGNED);
      return false;
    }
    if (qemuReadsAboveOas()) {
      sides.part(KnownDifference.ADDRESS_ABOVE_OAS_KEPT);
      return false;
    }
    QueuePointer ours = cons(sides.ours(Register.CMDQ_CONS));
    QueuePointer prod = cons(sides.ours(Register.CMDQ_PROD));
    if (!oursStopped() && !prod.consistentWith(ours)) {
      sides.part(KnownDifference.PROD_OUT_OF_STEP);
      return false;
    }
    long slot = aligned + (long) ours.index() * CommandEntry.SIZE_BYTES;
    if (oursStopped() && aborted() && Layout.amongDevices(slot)) {
      sides.part(KnownDifference.OUTSIDE_RAM);
      return false;
    }
    boolean behind = !ours.equals(cons(sides.qemu(Register.CMDQ_CONS))) || !qemuStopped();
    if (oursStopped() && behind && Layout.inRam(slot, CommandEntry.SIZE_BYTES)) {
      byte[] bytesThere = sides.ours().ram().read(slot, CommandEntry.SIZE_BYTES);
      Optional<KnownDifference> known = consumed(CommandEntry.fromBytes(bytesThere));
      if (known.isPresent()) {
        sides.repaired(known.get());
        sides.ours().ram().write(slot, HARMLESS.toBytes());
        sides.acknowledgeOurs(ERROR.mask());
        sides.ours().ram().write(slot, bytesThere);
        return true;
      }
      throw new UnexplainedException(
          "the command %s 0x%016x 0x%016x"
              .formatted(
                  CommandEntry.fromBytes(bytesThere).name(),
                  CommandEntry.fromBytes(bytesThere).word0(),
                  CommandEntry.fromBytes(bytesThere).word1()),
          description(sides.ours(Register.CMDQ_CONS), oursStopped()),
          description(sides.qemu(Register.CMDQ_CONS), qemuStopped()));
    }
    throw new UnexplainedException(
        "the command queue",
        description(sides.ours(Register.CMDQ_CONS), oursStopped()),
        description(sides.qemu(Register.CMDQ_CONS), qemuStopped()));
  }

  private boolean aborted() {
    return aborted(sides.ours(Register.CMDQ_CONS));
  }

  private static boolean aborted(long cons) {
    return TableFields.CMDQ_CONS_ERR.get(cons) == CommandError.CERROR_ABT.code();
  }

  /** QEMU keeps address bits that IDR5.OAS does not have, and finds nothing there to read. */
  private boolean qemuReadsAboveOas() {
    return qemuStopped()
        && aborted(sides.qemu(Register.CMDQ_CONS))
        && (sides.qemu(Register.CMDQ_BASE) & RegisterComparison.ABOVE_OAS) != 0;
  }

  private long aligned() {
    long base = sides.ours(Register.CMDQ_BASE);
    long bytes = (long) CommandEntry.SIZE_BYTES << Sides.log2(base);
    return TableFields.QUEUE_ADDR.inPlace(base) & -Math.max(bytes, 32);
  }

  /** Whether the two read their commands from different places. */
  boolean notAligned() {
    long address = TableFields.QUEUE_ADDR.inPlace(sides.ours(Register.CMDQ_BASE));
    return address != aligned() || (address & IGNORED_BY_QEMU) != 0;
  }

  private static String description(long cons, boolean stopped) {
    return "CMDQ_CONS 0x%x%s".formatted(cons, stopped ? ", stopped" : "");
  }

  /** Why QEMU consumes a command that we do not, if that is known. */
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
