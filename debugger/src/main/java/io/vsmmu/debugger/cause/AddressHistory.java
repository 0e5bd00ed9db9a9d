package io.vsmmu.debugger.cause;

import io.vsmmu.debugger.cause.AddressAnswer.Command;
import io.vsmmu.debugger.cause.AddressAnswer.Fault;
import io.vsmmu.debugger.cause.AddressAnswer.Invalidation;
import io.vsmmu.debugger.cause.AddressAnswer.StreamAtPosition;
import io.vsmmu.debugger.cause.AddressAnswer.TlbInvalidations;
import io.vsmmu.debugger.cause.AddressAnswer.Translation;
import io.vsmmu.projections.model.ScopedEntry;
import io.vsmmu.projections.model.ScopedEntry.EntryKind;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.query.Page;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers what happened to an address: how the stream was configured, what invalidated the address
 * and whether a CMD_SYNC completed that, and the faults on its page. The notes follow from what the
 * answer shows, so that they never claim another thing. Thread-safe.
 */
public final class AddressHistory {

  /** The smallest granule (IHI 0070, 3.4): faults of one mapping differ in the low-order bits. */
  private static final long PAGE_BYTES = 0x1000;

  /** Items of a page of the lists that are looked through. */
  private static final int ITEMS = 64;

  /** Items of a page of the invalidations that are counted. */
  private static final int ITEMS_TO_COUNT = 1000;

  private final TimeTravel travel;
  private final EventQueries queries;

  public AddressHistory(TimeTravel travel, EventQueries queries) {
    this.travel = travel;
    this.queries = queries;
  }

  /**
   * What an answer is about.
   *
   * @param iova the input address of a device's transaction
   * @param sid the device's StreamID, null for any
   * @param asid the ASID of its context descriptor, null for any
   */
  public record Question(long iova, @Nullable Integer sid, @Nullable Integer asid) {}

  /** What the log has about an address at a moment of a vSMMU. */
  public AddressAnswer of(StateAtEvent moment, Question question) {
    return new Search(moment, question).answer();
  }

  /** The search for one answer. */
  private final class Search {
    private final StateAtEvent moment;
    private final Question question;
    private final AddressRange address;
    private final AddressRange page;
    private final List<String> notes = new ArrayList<>();

    /** Whether a search ended at a limit. */
    private boolean cut;

    Search(StateAtEvent moment, Question question) {
      this.moment = moment;
      this.question = question;
      this.address = AddressRange.of(question.iova(), 1);
      this.page = AddressRange.of(question.iova() & -PAGE_BYTES, PAGE_BYTES);
    }

    AddressAnswer answer() {
      List<StreamState> all = streams();
      List<StreamState> shown = all.subList(0, Math.min(all.size(), CauseLimits.STREAMS));
      List<StreamAtPosition> atPosition = shown.stream().map(this::stream).toList();
      TlbInvalidations tlb = tlb();
      Invalidation atc = question.asid() == null ? atc() : null;
      Translation translation = translation();
      List<Fault> before = faults(true);
      List<Fault> after = faults(false);
      if (cut) {
        notes.add(
            "A search ended after %d pages of events; what is further away is not shown."
                .formatted(CauseLimits.PAGES));
      }
      noteStream(atPosition);
      noteTlb(tlb);
      notes.addAll(LogGaps.at(travel, moment));
      noteTranslation(atPosition, translation, tlb);
      return new AddressAnswer(
          moment.position(),
          atPosition,
          all.size() - shown.size(),
          tlb,
          atc,
          translation,
          before,
          after,
          notes);
    }

    /** Says why there is no stream in the answer. */
    private void noteStream(List<StreamAtPosition> streams) {
      Integer sid = question.sid();
      if (!streams.isEmpty()) {
        return;
      }
      if (sid == null) {
        notes.add("No stream is translated at position %d.".formatted(moment.position()));
        return;
      }
      EventFilter configurations =
          new EventFilter(
              Set.of(EventKind.STREAM_CONFIGURED),
              sid,
              null,
              null,
              null,
              LogPoint.position(moment.position()),
              false);
      Found<Long> last = newest(configurations, item -> Optional.of(item.position()));
      notes.add(
          last.item()
              .map(
                  position ->
                      "StreamID 0x%x has no device at position %d; it was configured last at position %d."
                          .formatted(sid, moment.position(), position))
              .orElseGet(
                  () ->
                      "StreamID 0x%x has no device and was never configured up to position %d."
                          .formatted(sid, moment.position())));
    }

    private void noteTlb(TlbInvalidations tlb) {
      Invalidation last = tlb.last();
      if (last == null && tlb.complete()) {
        notes.add(
            "No TLB invalidation up to position %d covered the address."
                .formatted(moment.position()));
      }
      if (last != null && last.sync() == null && last.complete()) {
        notes.add(
            "No CMD_SYNC follows the last TLB invalidation up to position %d: it may not be"
                    .formatted(moment.position())
                + " complete, and the address must not be used again before.");
      }
    }

    /** Says whether the address was mapped, as far as the rows of the answer show it. */
    private void noteTranslation(
        List<StreamAtPosition> streams, @Nullable Translation shown, TlbInvalidations tlb) {
      if (shown != null) {
        Invalidation last = tlb.last();
        notes.add(
            "The page was mapped at position %d, where the recording shows its translation; %s"
                .formatted(
                    shown.position(),
                    last == null || last.command().position() < shown.position()
                        ? "no TLB invalidation of it follows up to the position."
                        : "it was invalidated at position %d since, and whether it was mapped again"
                                .formatted(last.command().position())
                            + " is not known."));
        return;
      }
      boolean translated =
          streams.isEmpty()
              || streams.stream()
                  .anyMatch(it -> it.state().effective() == StreamBehaviour.TRANSLATE);
      notes.add(
          translated
              ? "Context descriptors and translation tables are in guest memory and not in the log,"
                  + " so whether the address was mapped is not known."
              : "The stream is not translated at the position: its address is used as it is, or the"
                  + " transaction is aborted, whatever the translation tables contain.");
    }

    private List<StreamState> streams() {
      Integer sid = question.sid();
      return sid == null
          ? moment.state().streams().values().stream()
              .filter(stream -> stream.effective() == StreamBehaviour.TRANSLATE)
              .toList()
          : moment.state().stream(sid).stream().toList();
    }

    private StreamAtPosition stream(StreamState state) {
      EventFilter slices =
          new EventFilter(
              Set.of(EventKind.COMMANDS_CONSUMED),
              state.streamId(),
              null,
              null,
              null,
              LogPoint.position(moment.position()),
              false);
      Command context =
          newest(slices, item -> lastEntry(item, entry -> readsContext(entry, state.streamId())))
              .item()
              .orElse(null);
      return new StreamAtPosition(state, travel.positionOf(moment.vsmmu(), state.since()), context);
    }

    /**
     * Whether the command makes the SMMU read a context descriptor of the stream again (IHI 0070,
     * 4.3): that of its STE does, too.
     */
    private static boolean readsContext(ScopedEntry entry, int sid) {
      return entry.ofConfiguration() && entry.scope().containsStream(sid);
    }

    private EventFilter slices() {
      return new EventFilter(
          Set.of(EventKind.COMMANDS_CONSUMED),
          null,
          question.asid(),
          address,
          null,
          LogPoint.position(moment.position()),
          false);
    }

    private @Nullable Invalidation atc() {
      return newest(slices(), item -> lastEntry(item, entry -> covers(entry, true)))
          .item()
          .map(this::invalidation)
          .orElse(null);
    }

    /** The TLB invalidations that covered the address: those of its own page, and the others. */
    private TlbInvalidations tlb() {
      List<Command> own = new ArrayList<>();
      List<Command> covering = new ArrayList<>();
      int[] counts = new int[2];
      Found<EventItem> searched =
          first(
              slices(),
              new Keyset(OptionalLong.empty(), ITEMS_TO_COUNT, Keyset.Order.NEWEST_FIRST),
              item -> {
                count(item, own, covering, counts);
                return Optional.empty();
              });
      return new TlbInvalidations(
          own.stream().map(this::invalidation).toList(),
          counts[0],
          covering.stream().findFirst().map(this::invalidation).orElse(null),
          counts[1],
          searched.complete());
    }

    private void count(EventItem item, List<Command> own, List<Command> covering, int[] counts) {
      if (!(item.event().event() instanceof CommandsConsumed slice)) {
        return;
      }
      for (ScopedEntry entry : ScopedEntry.each(slice).reversed()) {
        if (covers(entry, false)) {
          boolean names = namesPage(entry);
          counts[names ? 0 : 1]++;
          List<Command> shown = names ? own : covering;
          if (shown.size() < (names ? CauseLimits.OWN_INVALIDATIONS : 1)) {
            shown.add(command(item, slice, entry.entry()));
          }
        }
      }
    }

    /** Whether the Address field of the command is within the address's own page. */
    private boolean namesPage(ScopedEntry entry) {
      AddressRange addresses = entry.scope().addresses();
      return !addresses.equals(AddressRange.ALL)
          && (addresses.first() & -PAGE_BYTES) == (question.iova() & -PAGE_BYTES);
    }

    private Invalidation invalidation(Command command) {
      Found<Command> sync = sync(command);
      return new Invalidation(command, sync.item().orElse(null), sync.complete());
    }

    private boolean covers(ScopedEntry entry, boolean atc) {
      Integer sid = question.sid();
      Integer asid = question.asid();
      boolean ofAtc = entry.opcode() == CommandOpcode.ATC_INV.code();
      return entry.source() == EntryKind.INVALIDATION
          && !entry.ofConfiguration()
          && ofAtc == atc
          && entry.scope().overlaps(address)
          && (asid == null || entry.scope().containsAsid(asid))
          && (sid == null || entry.scope().containsStream(sid));
    }

    private static Optional<Command> lastEntry(EventItem item, Predicate<ScopedEntry> wanted) {
      if (!(item.event().event() instanceof CommandsConsumed slice)) {
        return Optional.empty();
      }
      return ScopedEntry.each(slice).reversed().stream()
          .filter(wanted)
          .findFirst()
          .map(entry -> command(item, slice, entry.entry()));
    }

    private static Command command(EventItem item, CommandsConsumed slice, int entry) {
      return new Command(item.position(), item.event().time(), entry, CommandText.of(slice, entry));
    }

    /** The first CMD_SYNC behind a command, up to the position. */
    private Found<Command> sync(Command behind) {
      EventFilter slices =
          new EventFilter(
              Set.of(EventKind.COMMANDS_CONSUMED),
              null,
              null,
              null,
              LogPoint.position(behind.position()),
              LogPoint.position(moment.position()),
              false);
      return first(
          slices,
          Keyset.oldestFirst(ITEMS),
          item -> firstSync(item, item.position() == behind.position() ? behind.entry() + 1 : 0));
    }

    private static Optional<Command> firstSync(EventItem item, int from) {
      if (item.event().event() instanceof CommandsConsumed slice) {
        for (int i = from; i < slice.consumed(); i++) {
          boolean known = CommandView.opcodeKnown(CommandView.knownBits(slice.known(), i));
          if (known && slice.entries().get(i).opcode() == CommandOpcode.SYNC.code()) {
            return Optional.of(command(item, slice, i));
          }
        }
      }
      return Optional.empty();
    }

    private @Nullable Translation translation() {
      EventFilter shown =
          new EventFilter(
              Set.of(EventKind.TRANSLATION_OBSERVED),
              question.sid(),
              null,
              page,
              null,
              LogPoint.position(moment.position()),
              false);
      return newest(
              shown,
              item ->
                  item.event().event() instanceof TranslationObserved it
                      ? Optional.of(
                          new Translation(
                              item.position(),
                              item.event().time(),
                              it.streamId(),
                              it.stage(),
                              it.iova(),
                              it.translated()))
                      : Optional.empty())
          .item()
          .orElse(null);
    }

    private List<Fault> faults(boolean before) {
      LogPoint here = LogPoint.position(moment.position());
      LogPoint behind = LogPoint.position(moment.position() + 1);
      EventFilter reports =
          new EventFilter(
              Set.of(EventKind.FAULTS_REPORTED),
              question.sid(),
              null,
              page,
              before ? null : behind,
              before ? here : null,
              false);
      Keyset order =
          new Keyset(
              OptionalLong.empty(),
              CauseLimits.FAULTS,
              before ? Keyset.Order.NEWEST_FIRST : Keyset.Order.OLDEST_FIRST);
      List<Fault> faults = new ArrayList<>();
      first(
          reports,
          order,
          item -> {
            List<Fault> own = faultsOf(item);
            faults.addAll(before ? own.reversed() : own);
            return faults.size() >= CauseLimits.FAULTS ? Optional.of(item) : Optional.empty();
          });
      return List.copyOf(faults.subList(0, Math.min(faults.size(), CauseLimits.FAULTS)));
    }

    private List<Fault> faultsOf(EventItem item) {
      Integer sid = question.sid();
      List<Fault> faults = new ArrayList<>();
      if (item.event().event() instanceof FaultsReported report) {
        for (ScopedEntry entry : ScopedEntry.each(report)) {
          if (entry.scope().overlaps(page) && (sid == null || entry.scope().containsStream(sid))) {
            faults.add(
                new Fault(
                    item.position(),
                    item.event().time(),
                    report.records().get(entry.entry()).sid(),
                    EventSteps.recordText(report.records().get(entry.entry()))));
          }
        }
      }
      return faults;
    }

    private <T> Found<T> newest(EventFilter filter, Function<EventItem, Optional<T>> found) {
      return first(
          filter, new Keyset(OptionalLong.empty(), ITEMS, Keyset.Order.NEWEST_FIRST), found);
    }

    /** The first item of which something is found, within {@link CauseLimits#PAGES} pages. */
    private <T> Found<T> first(
        EventFilter filter, Keyset order, Function<EventItem, Optional<T>> found) {
      Keyset keyset = order;
      for (int pages = 0; pages < CauseLimits.PAGES; pages++) {
        Page<EventItem> items = queries.events(moment.vsmmu(), filter, keyset);
        for (EventItem item : items.items()) {
          Optional<T> result = found.apply(item);
          if (result.isPresent()) {
            return new Found<>(result, true);
          }
        }
        if (items.next().isEmpty()) {
          return new Found<>(Optional.empty(), true);
        }
        keyset = order.after(items.next().getAsLong());
      }
      cut = true;
      return new Found<>(Optional.empty(), false);
    }
  }

  /**
   * What a search found.
   *
   * @param complete false if it ended at a limit, so that there may be one further away
   */
  private record Found<T>(Optional<T> item, boolean complete) {}
}
