package io.vsmmu.smmu.model;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;

/**
 * Whether a QEMU trace contains the operands of a command. An unknown field is zero in the entry,
 * and zero is a valid StreamID, ASID and address; so a command with an unknown operand has no
 * effect.
 */
final class KnownOperands {

  private KnownOperands() {}

  /**
   * Whether all operands of the entry are known.
   *
   * @param known ones for the bits of {@code entry} that are known
   */
  static boolean areAll(CommandEntry entry, CommandEntry known) {
    return switch (SmmuCommand.decode(entry)) {
      case ConfigInvalidation.Ste _, ConfigInvalidation.Cd _, ConfigInvalidation.CdAll _ ->
          isKnown(known.word0(), CommandFields.STREAM_ID);
      case ConfigInvalidation.SteRange range -> rangeIsKnown(range, known);
      case TlbInvalidation.Asid _ -> isKnown(known.word0(), CommandFields.ASID);
      case TlbInvalidation.Va _ ->
          isKnown(known.word0(), CommandFields.ASID) && addressIsKnown(known);
      case TlbInvalidation.Vaa _ -> addressIsKnown(known);
      default -> true;
    };
  }

  private static boolean addressIsKnown(CommandEntry known) {
    return isKnown(known.word1(), CommandFields.ADDRESS1)
        && isKnown(known.word1(), CommandFields.TG1)
        && (isKnown(known.word0(), CommandFields.NUM) || !CommandFields.TG1.isSet(known.word1()));
  }

  /** Of a range only the bits of the StreamID matter that all of its StreamIDs have. */
  private static boolean rangeIsKnown(ConfigInvalidation.SteRange range, CommandEntry known) {
    if (!isKnown(known.word1(), CommandFields.RANGE1)) {
      return false;
    }
    long shared =
        range.all()
            ? 0
            : CommandFields.STREAM_ID.mask()
                & (-1L << (CommandFields.STREAM_ID.lsb() + range.range() + 1));
    return (known.word0() & shared) == shared;
  }

  private static boolean isKnown(long known, Bits field) {
    return (known & field.mask()) == field.mask();
  }
}
