package io.vsmmu.projections.lint;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.PrefetchCommand;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StallCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;

/**
 * A command that the SMMU consumed.
 *
 * @param entry as it was in the queue
 * @param command what it decodes to; fields that a recording does not contain are 0
 * @param complete whether its opcode and operands are known, which a recording may not contain
 */
record ObservedCommand(CommandEntry entry, SmmuCommand command, boolean complete) {

  /** The last TTL; entries of it have contiguous groups of the sizes that the granules have. */
  private static final int LAST_LEVEL = 3;

  /**
   * A command of a slice.
   *
   * @param index below {@link CommandsConsumed#consumed()}
   */
  static ObservedCommand of(CommandsConsumed slice, int index) {
    CommandEntry entry = slice.entries().get(index);
    SmmuCommand command = SmmuCommand.decode(entry);
    boolean complete = index >= slice.known().size() || complete(command, slice.known().get(index));
    return new ObservedCommand(entry, command, complete);
  }

  /** Whether it invalidates cached configuration or translations. */
  boolean invalidates() {
    return command instanceof ConfigInvalidation || command instanceof TlbInvalidation;
  }

  /** The addresses that a TLB invalidation covers. */
  static AddressRange covered(TlbInvalidation command, boolean rangeInvalidation) {
    return switch (command) {
      case TlbInvalidation.Va it -> it.range().covered(rangeInvalidation);
      case TlbInvalidation.Vaa it -> it.range().covered(rangeInvalidation);
      case TlbInvalidation.Ipa it -> it.range().covered(rangeInvalidation);
      case TlbInvalidation.All _, TlbInvalidation.Asid _ -> AddressRange.ALL;
    };
  }

  /** Whether a range may concern entries of the last level of the walk. */
  static boolean ofLastLevel(InvalidationRange range) {
    return range.ttl() == 0 || range.ttl() == LAST_LEVEL;
  }

  private static boolean complete(SmmuCommand command, CommandEntry known) {
    long word0 = known.word0();
    long word1 = known.word1();
    return has(word0, CommandFields.OPCODE)
        && switch (command) {
          case ConfigInvalidation.Ste _, ConfigInvalidation.CdAll _ ->
              has(word0, CommandFields.STREAM_ID);
          case ConfigInvalidation.Cd _ -> has(word0, CommandFields.STREAM_ID);
          case ConfigInvalidation.SteRange it ->
              has(word1, CommandFields.RANGE1) && (it.all() || has(word0, CommandFields.STREAM_ID));
          case AtsCommand _ -> has(word0, CommandFields.STREAM_ID);
          case TlbInvalidation.Asid _ -> has(word0, CommandFields.ASID);
          case TlbInvalidation.Va _ -> has(word0, CommandFields.ASID) && rangeKnown(known);
          case TlbInvalidation.Vaa _, TlbInvalidation.Ipa _ -> rangeKnown(known);
          case TlbInvalidation.All _,
              ConfigInvalidation.VmsPidm _,
              PrefetchCommand _,
              StallCommand _,
              SmmuCommand.Sync _,
              SmmuCommand.Unsupported _ ->
              true;
        };
  }

  private static boolean rangeKnown(CommandEntry known) {
    return has(known.word1(), CommandFields.ADDRESS1) && has(known.word1(), CommandFields.TG1);
  }

  private static boolean has(long known, Bits field) {
    return (known & field.mask()) == field.mask();
  }
}
