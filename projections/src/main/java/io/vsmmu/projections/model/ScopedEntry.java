package io.vsmmu.projections.model;

import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import java.util.ArrayList;
import java.util.List;

/**
 * A command or record within an event, with the streams, ASID and addresses that it concerns.
 *
 * @param entry index of the command or record within the event
 * @param opcode of the command, or number of the event record; -1 if it is unknown
 */
public record ScopedEntry(EntryKind source, int entry, int opcode, TranslationScope scope) {

  /** Kind of the command or record. */
  public enum EntryKind {
    /** Invalidation commands of the guest. */
    INVALIDATION,
    /** Faults that the host reported. */
    FAULT,
    /** Translations that a recording shows. */
    TRANSLATION
  }

  private static final int UNKNOWN = -1;

  /** The invalidation commands, faults or translations of an event, in their order. */
  public static List<ScopedEntry> each(VsmmuEvent event) {
    return switch (event) {
      case CommandsConsumed it -> commands(it);
      case FaultsReported it -> faults(it);
      case TranslationObserved it ->
          List.of(new ScopedEntry(EntryKind.TRANSLATION, 0, UNKNOWN, scope(it)));
      default -> List.of();
    };
  }

  private static List<ScopedEntry> commands(CommandsConsumed it) {
    List<ScopedEntry> entries = new ArrayList<>();
    for (int i = 0; i < it.consumed(); i++) {
      int index = i;
      CommandEntry known = CommandView.knownBits(it.known(), i);
      int opcode = CommandView.opcodeKnown(known) ? it.entries().get(i).opcode() : UNKNOWN;
      TranslationScope.of(it.entries().get(i), known)
          .ifPresent(
              scope -> entries.add(new ScopedEntry(EntryKind.INVALIDATION, index, opcode, scope)));
    }
    return entries;
  }

  private static List<ScopedEntry> faults(FaultsReported it) {
    List<ScopedEntry> entries = new ArrayList<>();
    for (int i = 0; i < it.records().size(); i++) {
      EventRecord record = it.records().get(i);
      entries.add(new ScopedEntry(EntryKind.FAULT, i, record.number(), scope(record)));
    }
    return entries;
  }

  private static TranslationScope scope(EventRecord record) {
    TranslationScope stream = TranslationScope.ofStream(record.sid());
    boolean addressed =
        record.type().map(EventType::fields).filter(ScopedEntry::hasInputAddress).isPresent();
    return addressed ? stream.within(AddressRange.of(record.word2(), 1)) : stream;
  }

  private static boolean hasInputAddress(FieldTable fields) {
    return fields.fields().contains(EventFields.INPUT_ADDR)
        || fields.fields().contains(EventFields.INPUT_PAGE);
  }

  private static TranslationScope scope(TranslationObserved it) {
    return TranslationScope.ofStream(it.streamId()).within(AddressRange.of(it.iova(), 1));
  }

  /** Whether it is a CMD_CFGI_*, which has neither an ASID nor an address. */
  public boolean ofConfiguration() {
    return source == EntryKind.INVALIDATION
        && CommandOpcode.of(opcode).filter(o -> o.name().startsWith("CFGI_")).isPresent();
  }

  /** Whether it is CMD_CFGI_ALL, that is CMD_CFGI_STE_RANGE with Range = 31. */
  public boolean ofAllStreams() {
    return opcode == CommandOpcode.CFGI_STE_RANGE.code()
        && source == EntryKind.INVALIDATION
        && !scope.namesStreams();
  }
}
