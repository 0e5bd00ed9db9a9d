package io.vsmmu.smmu.model;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;

/**
 * Whether a trace tells what a command names. An unknown field stands as zero in the entry, and
 * zero is a StreamID, an ASID and an address like any other: a command that names what is not known
 * acts on nothing.
 */
final class EntryKnowledge {

  private EntryKnowledge() {}

  /**
   * @param known ones for the bits of {@code entry} that the trace tells
   */
  static boolean tellsWhatItNames(CommandEntry entry, CommandEntry known) {
    return switch (SmmuCommand.decode(entry)) {
      case ConfigInvalidation.Ste _, ConfigInvalidation.Cd _, ConfigInvalidation.CdAll _ ->
          tells(known.word0(), CommandFields.STREAM_ID);
      case ConfigInvalidation.SteRange range -> tellsRange(range, known);
      case TlbInvalidation.Asid _ -> tells(known.word0(), CommandFields.ASID);
      case TlbInvalidation.Va _ -> tells(known.word0(), CommandFields.ASID) && tellsAddress(known);
      case TlbInvalidation.Vaa _ -> tellsAddress(known);
      default -> true;
    };
  }

  private static boolean tellsAddress(CommandEntry known) {
    return tells(known.word1(), CommandFields.ADDRESS1)
        && tells(known.word1(), CommandFields.TG1)
        && (tells(known.word0(), CommandFields.NUM) || !CommandFields.TG1.isSet(known.word1()));
  }

  /** Of a range only the bits of the StreamID matter that all of its StreamIDs have. */
  private static boolean tellsRange(ConfigInvalidation.SteRange range, CommandEntry known) {
    if (!tells(known.word1(), CommandFields.RANGE1)) {
      return false;
    }
    long shared =
        range.all()
            ? 0
            : CommandFields.STREAM_ID.mask()
                & (-1L << (CommandFields.STREAM_ID.lsb() + range.range() + 1));
    return (known.word0() & shared) == shared;
  }

  private static boolean tells(long known, Bits field) {
    return (known & field.mask()) == field.mask();
  }
}
