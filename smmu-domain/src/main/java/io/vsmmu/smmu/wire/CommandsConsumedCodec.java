package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import io.vsmmu.smmu.stimulus.SteFetch;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The fields of {@link CommandsConsumed}, written out by hand, since the log holds an event of this
 * type for every doorbell of a guest (docs/adr/0032). Entries are as they are in guest memory, 16
 * bytes each.
 */
final class CommandsConsumedCodec implements Codec<CommandsConsumed> {

  private static final int PROD = 1;
  private static final int FROM = 2;
  private static final int ENTRIES = 3;
  private static final int KNOWN = 4;
  private static final int STE_FETCH = 5;
  private static final int FETCH_FAULT = 6;
  private static final int CONSUMED = 7;
  private static final int FORWARDED = 8;
  private static final int AWAITS_HOST = 9;
  private static final int FETCHED = 10;
  private static final int CONS = 11;
  private static final int RECORDED_FROM = 12;
  private static final int RECORDED_ERROR = 13;

  @Override
  public void write(WireWriter out, CommandsConsumed event) {
    out.word(PROD, event.prod());
    out.word(FROM, event.from());
    writeEntries(out, ENTRIES, event.entries());
    writeEntries(out, KNOWN, event.known());
    for (SteFetch fetch : event.fetches()) {
      out.message(STE_FETCH, SharedSchemas.STE_FETCH, fetch);
    }
    out.bool(FETCH_FAULT, event.fetchFault());
    out.uint32(CONSUMED, event.consumed());
    BitSet forwarded = event.forwarded();
    if (!forwarded.isEmpty()) {
      out.bytes(FORWARDED, forwarded.toByteArray());
    }
    out.bool(AWAITS_HOST, event.awaitsHost());
    out.word(FETCHED, event.fetched());
    out.word(CONS, event.cons());
    event.recorded().ifPresent(recorded -> write(out, recorded));
  }

  /**
   * CMDQ_CONS before and the error code are written plus one: absent, and therefore 0, is what
   * {@link RecordedConsumption#GOES_ON} is and what an event without a recorded consumption has.
   */
  private static void write(WireWriter out, RecordedConsumption recorded) {
    out.word(RECORDED_FROM, recorded.from() + 1);
    out.uint32(RECORDED_ERROR, recorded.error().code() + 1);
  }

  private static Optional<RecordedConsumption> recorded(WireReader in, long from, int error) {
    if (error == 0) {
      return Optional.empty();
    }
    CommandError known = EnumNumbers.COMMAND_ERROR.constant(error - 1);
    if (known == null) {
      throw in.malformed("CERROR code " + (error - 1));
    }
    return Optional.of(new RecordedConsumption(from - 1, known));
  }

  @Override
  public CommandsConsumed read(WireReader in) {
    long prod = 0;
    long from = 0;
    List<CommandEntry> entries = List.of();
    List<CommandEntry> known = List.of();
    List<SteFetch> fetches = List.of();
    boolean fetchFault = false;
    int consumed = 0;
    BitSet forwarded = new BitSet(0);
    boolean awaitsHost = false;
    long fetched = 0;
    long cons = 0;
    long recordedFrom = 0;
    int recordedError = 0;
    while (in.next()) {
      switch (in.field()) {
        case PROD -> prod = in.word();
        case FROM -> from = in.word();
        case ENTRIES -> entries = readEntries(in);
        case KNOWN -> known = readEntries(in);
        case STE_FETCH ->
            fetches = Elements.plus(fetches, SharedSchemas.STE_FETCH.read(in.message()));
        case FETCH_FAULT -> fetchFault = in.bool();
        case CONSUMED -> consumed = readConsumedCount(in);
        case FORWARDED -> forwarded = BitSet.valueOf(in.bytes());
        case AWAITS_HOST -> awaitsHost = in.bool();
        case FETCHED -> fetched = in.word();
        case CONS -> cons = in.word();
        case RECORDED_FROM -> recordedFrom = in.word();
        case RECORDED_ERROR -> recordedError = in.uint32();
        default -> in.skip();
      }
    }
    if (consumed > entries.size()) {
      throw in.malformed(consumed + " of " + entries.size() + " entries consumed");
    }
    return new CommandsConsumed(
        prod,
        from,
        entries,
        known,
        fetches,
        fetchFault,
        consumed,
        forwarded,
        awaitsHost,
        fetched,
        cons,
        recorded(in, recordedFrom, recordedError));
  }

  /** {@code evolve} relies on it that the count is neither negative nor more than the entries. */
  private static int readConsumedCount(WireReader in) {
    int count = in.uint32();
    if (count < 0) {
      throw in.malformed(Integer.toUnsignedString(count) + " entries consumed");
    }
    return count;
  }

  private static void writeEntries(WireWriter out, int field, List<CommandEntry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    out.blockOf(field, entries.size() * CommandEntry.SIZE_BYTES);
    for (CommandEntry entry : entries) {
      out.blockWord(entry.word0());
      out.blockWord(entry.word1());
    }
  }

  private static List<CommandEntry> readEntries(WireReader in) {
    CommandEntry[] entries =
        new CommandEntry[in.block(CommandEntry.SIZE_BYTES) / CommandEntry.SIZE_BYTES];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = new CommandEntry(in.blockWord(), in.blockWord());
    }
    return List.of(entries);
  }
}
