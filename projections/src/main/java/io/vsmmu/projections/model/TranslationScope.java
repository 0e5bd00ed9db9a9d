package io.vsmmu.projections.model;

import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.PrefetchCommand;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StallCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The StreamIDs, the ASID and the addresses that an invalidation command, a fault or a translation
 * concerns. What a command does not restrict, and what of it is unknown, counts as "any", so that a
 * query never misses a command that may matter.
 *
 * @param firstSid first StreamID, 0 to 2^32-1
 * @param lastSid last StreamID, inclusive
 * @param asid the only ASID, null for any
 * @param addresses input addresses
 */
public record TranslationScope(
    long firstSid, long lastSid, @Nullable Integer asid, AddressRange addresses) {

  private static final long LAST_SID = 0xffff_ffffL;

  /** Any StreamID, ASID and address. */
  public static final TranslationScope ANYTHING =
      new TranslationScope(0, LAST_SID, null, AddressRange.ALL);

  /**
   * The scope of a command; empty if it invalidates nothing. A command with an unknown opcode has
   * the scope {@link #ANYTHING}. The range fields NUM, SCALE and TG are used as with IDR3.RIL = 1;
   * with IDR3.RIL = 0 they are RES0 and the command affects less.
   *
   * @param known mask of the bits of the entry that are known
   */
  public static Optional<TranslationScope> of(CommandEntry entry, CommandEntry known) {
    if (!CommandView.opcodeKnown(known)) {
      return Optional.of(ANYTHING);
    }
    return switch (SmmuCommand.decode(entry)) {
      case ConfigInvalidation it -> Optional.of(ofConfig(it).widenedWhereUnknown(known));
      case TlbInvalidation it -> Optional.of(ofTlb(it).widenedWhereUnknown(known));
      case AtsCommand.AtcInvalidate it ->
          Optional.of(ofStream(it.sid()).within(it.covered()).widenedWhereUnknown(known));
      case AtsCommand.PriResponse _ -> Optional.empty();
      case PrefetchCommand _, StallCommand _, SmmuCommand.Sync _, SmmuCommand.Unsupported _ ->
          Optional.empty();
    };
  }

  /** One StreamID with any ASID and address. */
  public static TranslationScope ofStream(int streamId) {
    long sid = Integer.toUnsignedLong(streamId);
    return new TranslationScope(sid, sid, null, AddressRange.ALL);
  }

  /**
   * Whether it is limited to certain StreamIDs, as that of CMD_CFGI_* and CMD_ATC_INV is and that
   * of CMD_TLBI_* is not.
   */
  public boolean namesStreams() {
    return firstSid != 0 || lastSid != LAST_SID;
  }

  /** The StreamID if there is only one, else null. */
  public @Nullable Integer onlySid() {
    return firstSid == lastSid ? (Integer) (int) firstSid : null;
  }

  /** Whether it contains the StreamID. */
  public boolean containsStream(int streamId) {
    long sid = Integer.toUnsignedLong(streamId);
    return firstSid <= sid && sid <= lastSid;
  }

  /** Whether it contains the ASID. */
  public boolean containsAsid(int candidate) {
    return asid == null || asid == candidate;
  }

  /** Whether it contains one of the addresses. */
  public boolean overlaps(AddressRange candidates) {
    return Long.compareUnsigned(addresses.first(), candidates.last()) <= 0
        && Long.compareUnsigned(candidates.first(), addresses.last()) <= 0;
  }

  /** This scope with other addresses. */
  public TranslationScope within(AddressRange range) {
    return new TranslationScope(firstSid, lastSid, asid, range);
  }

  private static TranslationScope ofConfig(ConfigInvalidation command) {
    return switch (command) {
      case ConfigInvalidation.Ste it -> ofStream(it.sid());
      case ConfigInvalidation.SteRange it ->
          new TranslationScope(
              Integer.toUnsignedLong(it.firstSid()),
              Integer.toUnsignedLong(it.lastSid()),
              null,
              AddressRange.ALL);
      case ConfigInvalidation.Cd it -> ofStream(it.sid());
      case ConfigInvalidation.CdAll it -> ofStream(it.sid());
      case ConfigInvalidation.VmsPidm _ -> ANYTHING;
    };
  }

  private static TranslationScope ofTlb(TlbInvalidation command) {
    return switch (command) {
      case TlbInvalidation.All _ -> ANYTHING;
      case TlbInvalidation.Asid it ->
          new TranslationScope(0, LAST_SID, it.asid(), AddressRange.ALL);
      case TlbInvalidation.Va it ->
          new TranslationScope(0, LAST_SID, it.asid(), it.range().covered(true));
      case TlbInvalidation.Vaa it -> ANYTHING.within(it.range().covered(true));
      // An IPA does not restrict the input addresses (VAs) that were translated to it.
      case TlbInvalidation.Ipa _ -> ANYTHING;
    };
  }

  /** Extends the scope to "any" in those respects of which a field is unknown. */
  private TranslationScope widenedWhereUnknown(CommandEntry known) {
    boolean sids = knows(known.word0(), CommandFields.STREAM_ID);
    boolean tag = knows(known.word0(), CommandFields.ASID);
    boolean range =
        knows(known.word0(), CommandFields.NUM)
            && knows(known.word0(), CommandFields.SCALE)
            && knows(known.word1(), CommandFields.ADDRESS1);
    boolean named = namesStreams();
    return new TranslationScope(
        sids || !named ? firstSid : 0,
        sids || !named ? lastSid : LAST_SID,
        named || tag ? asid : null,
        range || (named && knows(known.word1(), CommandFields.ADDRESS1))
            ? addresses
            : AddressRange.ALL);
  }

  private static boolean knows(long mask, Bits field) {
    return (mask & field.mask()) == field.mask();
  }
}
