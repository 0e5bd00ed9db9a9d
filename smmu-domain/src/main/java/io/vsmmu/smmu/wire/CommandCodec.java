package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import io.vsmmu.smmu.stimulus.SteReading;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Slices of the command queue: entries as they lie in memory, 16 bytes each. */
final class CommandCodec {

  private static final int CONSUMED_PROD = 1;
  private static final int CONSUMED_FROM = 2;
  private static final int CONSUMED_ENTRIES = 3;
  private static final int CONSUMED_KNOWN = 4;
  private static final int CONSUMED_READING = 5;
  private static final int CONSUMED_FETCH_FAULT = 6;
  private static final int CONSUMED_CONSUMED = 7;
  private static final int CONSUMED_FORWARDED = 8;
  private static final int CONSUMED_AWAITS_HOST = 9;
  private static final int CONSUMED_FETCHED = 10;
  private static final int CONSUMED_CONS = 11;
  private static final int CONSUMED_RECORDED_FROM = 12;
  private static final int CONSUMED_RECORDED_ERROR = 13;

  private static final int FAILED_ENTRY = 1;
  private static final int FAILED_ERROR = 2;
  private static final int FAILED_CONS = 3;
  private static final int FAILED_GERROR = 4;
  private static final int FAILED_DETAIL = 5;

  private CommandCodec() {}

  static void write(WireWriter out, CommandsConsumed event) {
    out.word(CONSUMED_PROD, event.prod());
    out.word(CONSUMED_FROM, event.from());
    writeEntries(out, CONSUMED_ENTRIES, event.entries());
    writeEntries(out, CONSUMED_KNOWN, event.known());
    out.messages(CONSUMED_READING, event.readings(), StructureCodec::writeReading);
    out.bool(CONSUMED_FETCH_FAULT, event.fetchFault());
    out.uint32(CONSUMED_CONSUMED, event.consumed());
    BitSet forwarded = event.forwarded();
    if (!forwarded.isEmpty()) {
      out.bytes(CONSUMED_FORWARDED, forwarded.toByteArray());
    }
    out.bool(CONSUMED_AWAITS_HOST, event.awaitsHost());
    out.word(CONSUMED_FETCHED, event.fetched());
    out.word(CONSUMED_CONS, event.cons());
    event.recorded().ifPresent(recorded -> write(out, recorded));
  }

  /** Both fields are offset by one: a field that is zero is not written, and is not there then. */
  private static void write(WireWriter out, RecordedConsumption recorded) {
    out.word(CONSUMED_RECORDED_FROM, recorded.from() + 1);
    out.uint32(CONSUMED_RECORDED_ERROR, recorded.error().code() + 1);
  }

  private static Optional<RecordedConsumption> recorded(WireReader in, long from, int error) {
    if (error == 0) {
      return Optional.empty();
    }
    for (CommandError known : CommandError.values()) {
      if (known.code() == error - 1) {
        return Optional.of(new RecordedConsumption(from - 1, known));
      }
    }
    throw in.malformed("CERROR code " + (error - 1));
  }

  static CommandsConsumed readConsumed(WireReader in) {
    long prod = 0;
    long from = 0;
    List<CommandEntry> entries = List.of();
    List<CommandEntry> known = List.of();
    List<SteReading> readings = List.of();
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
        case CONSUMED_PROD -> prod = in.word();
        case CONSUMED_FROM -> from = in.word();
        case CONSUMED_ENTRIES -> entries = readEntries(in);
        case CONSUMED_KNOWN -> known = readEntries(in);
        case CONSUMED_READING ->
            readings = Elements.plus(readings, StructureCodec.readReading(in.message()));
        case CONSUMED_FETCH_FAULT -> fetchFault = in.bool();
        case CONSUMED_CONSUMED -> consumed = readConsumedCount(in);
        case CONSUMED_FORWARDED -> forwarded = BitSet.valueOf(in.bytes());
        case CONSUMED_AWAITS_HOST -> awaitsHost = in.bool();
        case CONSUMED_FETCHED -> fetched = in.word();
        case CONSUMED_CONS -> cons = in.word();
        case CONSUMED_RECORDED_FROM -> recordedFrom = in.word();
        case CONSUMED_RECORDED_ERROR -> recordedError = in.uint32();
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
        readings,
        fetchFault,
        consumed,
        forwarded,
        awaitsHost,
        fetched,
        cons,
        recorded(in, recordedFrom, recordedError));
  }

  /** Folding counts on it: not negative, and not more than there are entries. */
  private static int readConsumedCount(WireReader in) {
    int count = in.uint32();
    if (count < 0) {
      throw in.malformed(Integer.toUnsignedString(count) + " entries consumed");
    }
    return count;
  }

  static void write(WireWriter out, CommandQueueFailed event) {
    out.signed(FAILED_ENTRY, event.entry());
    out.constant(FAILED_ERROR, EnumNumbers.COMMAND_ERROR, event.error());
    out.word(FAILED_CONS, event.cons());
    out.word(FAILED_GERROR, event.gerror());
    out.string(FAILED_DETAIL, event.detail());
  }

  static CommandQueueFailed readFailed(WireReader in) {
    int entry = 0;
    CommandError error = CommandError.CERROR_NONE;
    long cons = 0;
    long gerror = 0;
    String detail = "";
    while (in.next()) {
      switch (in.field()) {
        case FAILED_ENTRY -> entry = in.signed32();
        case FAILED_ERROR -> error = in.constant(EnumNumbers.COMMAND_ERROR);
        case FAILED_CONS -> cons = in.word();
        case FAILED_GERROR -> gerror = in.word();
        case FAILED_DETAIL -> detail = in.string();
        default -> in.skip();
      }
    }
    return new CommandQueueFailed(entry, error, cons, gerror, detail);
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
