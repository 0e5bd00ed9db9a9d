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
 * A command or record within an event that touches address spaces, addresses or streams.
 *
 * @param entry index within the slice of the command or record
 * @param opcode of the command, number of the record, -1 if it is not known
 * @param scope what it touches
 */
public record ScopedEntry(Source source, int entry, int opcode, TranslationScope scope) {

  /** What touches. */
  public enum Source {
    /** Invalidation commands of the guest. */
    INVALIDATION,
    /** Faults that the host reported. */
    FAULT,
    /** Translations that a recording shows. */
    TRANSLATION
  }

  private static final int NOT_KNOWN = -1;

  /** The commands and records of an event that touch something, one by one. */
  public static List<ScopedEntry> each(VsmmuEvent event) {
    return switch (event) {
      case CommandsConsumed it -> commands(it);
      case FaultsReported it -> faults(it);
      case TranslationObserved it ->
          List.of(new ScopedEntry(Source.TRANSLATION, 0, NOT_KNOWN, scope(it)));
      default -> List.of();
    };
  }

  private static List<ScopedEntry> commands(CommandsConsumed it) {
    List<ScopedEntry> touches = new ArrayList<>();
    for (int i = 0; i < it.consumed(); i++) {
      int index = i;
      CommandEntry known = CommandView.knownBits(it.known(), i);
      int opcode = CommandView.opcodeKnown(known) ? it.entries().get(i).opcode() : NOT_KNOWN;
      TranslationScope.of(it.entries().get(i), known)
          .ifPresent(
              scope -> touches.add(new ScopedEntry(Source.INVALIDATION, index, opcode, scope)));
    }
    return touches;
  }

  private static List<ScopedEntry> faults(FaultsReported it) {
    List<ScopedEntry> touches = new ArrayList<>();
    for (int i = 0; i < it.records().size(); i++) {
      EventRecord record = it.records().get(i);
      touches.add(new ScopedEntry(Source.FAULT, i, record.number(), scope(record)));
    }
    return touches;
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

  /** Whether it is a CFGI command, which has no ASID and no address. */
  public boolean ofConfiguration() {
    return source == Source.INVALIDATION
        && CommandOpcode.of(opcode).filter(o -> o.name().startsWith("CFGI_")).isPresent();
  }

  /** Whether it is CFGI_ALL. */
  public boolean ofAllStreams() {
    return opcode == CommandOpcode.CFGI_STE_RANGE.code()
        && source == Source.INVALIDATION
        && !scope.namesStreams();
  }
}
