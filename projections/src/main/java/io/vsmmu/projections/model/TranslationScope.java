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
 * What an invalidation command can touch. What a command does not restrict, or what is not known of
 * it, counts as "any": a query never misses a command that could matter.
 *
 * @param firstSid first StreamID, 0..2^32-1
 * @param lastSid last StreamID, inclusive
 * @param asid the only ASID, null for any
 * @param addresses the addresses
 */
public record TranslationScope(
    long firstSid, long lastSid, @Nullable Integer asid, AddressRange addresses) {

  private static final long LAST_SID = 0xffff_ffffL;

  /** Anything at all. */
  public static final TranslationScope ANYTHING =
      new TranslationScope(0, LAST_SID, null, AddressRange.ALL);

  /**
   * What a command touches; empty if it invalidates nothing. One whose opcode is not known can
   * touch anything. Range fields are taken as if IDR3.RIL was set: without it they are RES0 and the
   * command touches less.
   *
   * @param known masks of the bits that are known
   */
  public static Optional<TranslationScope> of(CommandEntry entry, CommandEntry known) {
    if (!CommandView.opcodeKnown(known)) {
      return Optional.of(ANYTHING);
    }
    return switch (SmmuCommand.decode(entry)) {
      case ConfigInvalidation it -> Optional.of(ofConfig(it).where(known));
      case TlbInvalidation it -> Optional.of(ofTlb(it).where(known));
      case AtsCommand.AtcInvalidate it ->
          Optional.of(ofStream(it.sid()).within(it.covered()).where(known));
      case AtsCommand.PriResponse _ -> Optional.empty();
      case PrefetchCommand _, StallCommand _, SmmuCommand.Sync _, SmmuCommand.Unsupported _ ->
          Optional.empty();
    };
  }

  /** One StreamID, any ASID and address. */
  public static TranslationScope ofStream(int streamId) {
    long sid = Integer.toUnsignedLong(streamId);
    return new TranslationScope(sid, sid, null, AddressRange.ALL);
  }

  /** Whether it is about particular StreamIDs, as CFGI and ATC_INV are and TLBI is not. */
  public boolean namesStreams() {
    return firstSid != 0 || lastSid != LAST_SID;
  }

  /** The only StreamID, null if there are several. */
  public @Nullable Integer onlySid() {
    return firstSid == lastSid ? (Integer) (int) firstSid : null;
  }

  /** Whether it can touch the stream. */
  public boolean touchesStream(int streamId) {
    long sid = Integer.toUnsignedLong(streamId);
    return firstSid <= sid && sid <= lastSid;
  }

  /** Whether it can touch the address space. */
  public boolean touchesAsid(int candidate) {
    return asid == null || asid == candidate;
  }

  /** Whether it can touch one of the addresses. */
  public boolean touches(AddressRange candidates) {
    return Long.compareUnsigned(addresses.first(), candidates.last()) <= 0
        && Long.compareUnsigned(candidates.first(), addresses.last()) <= 0;
  }

  /** This reach restricted to addresses. */
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
      // Intermediate addresses say nothing about virtual ones.
      case TlbInvalidation.Ipa _ -> ANYTHING;
    };
  }

  private TranslationScope where(CommandEntry known) {
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
