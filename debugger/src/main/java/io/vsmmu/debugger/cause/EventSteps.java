package io.vsmmu.debugger.cause;

import io.vsmmu.db.log.Micros;
import io.vsmmu.debugger.cause.ChainStep.Kind;
import io.vsmmu.debugger.step.Doorbell;
import io.vsmmu.projections.view.CommandView;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.projections.view.PartViews;
import io.vsmmu.projections.view.SteView;
import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueFreed;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.IdentityResolved;
import io.vsmmu.smmu.event.InputChanged;
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.event.UnknownSte;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuPaused;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.event.VsmmuResumed;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The steps of a chain that one event stands for, as sentences. */
final class EventSteps {

  /**
   * A step without the place and time that it gets from its event.
   *
   * @param entry index of the command or record that it is about, {@link #NO_ENTRY} for none
   * @param part what it is counted as if there are too many of its kind, null if it is always shown
   * @param recorded whether the log says when it happened
   * @param micros when, in microseconds since 1970, if that was measured; null if it is the time of
   *     the event
   * @param tookNanos how long a call of the host took, 0 if that was not measured
   */
  record Step(
      Kind kind,
      int entry,
      @Nullable String part,
      boolean recorded,
      @Nullable Long micros,
      long tookNanos,
      String text) {

    static final int NO_ENTRY = -1;

    Step(Kind kind, String text) {
      this(kind, NO_ENTRY, null, true, null, 0, text);
    }

    Step(Kind kind, int entry, String text) {
      this(kind, entry, null, true, null, 0, text);
    }

    static Step part(Kind kind, int entry, String part, String text) {
      return new Step(kind, entry, part, true, null, 0, text);
    }

    /** What follows from the event at a time that is not recorded. */
    static Step unrecorded(int entry, String text) {
      return new Step(Kind.GUEST_SEES, entry, "completion of a CMD_SYNC", false, null, 0, text);
    }
  }

  private final List<Step> steps = new ArrayList<>();
  private final VsmmuState before;

  private EventSteps(VsmmuState before) {
    this.before = before;
  }

  /**
   * The steps of an event, in order.
   *
   * @param before the state before it
   */
  static List<Step> of(VsmmuEvent event, VsmmuState before) {
    EventSteps it = new EventSteps(before);
    it.add(event);
    return it.steps;
  }

  /**
   * The steps of the outcome of a restart of the service.
   *
   * @param at when it began, as far as that was measured, or else when it was recorded
   * @param waited position of the slice that waited for the host; null if none did
   */
  static List<Step> ofRestart(
      HostOutcomeReported outcome, VsmmuState before, Instant at, @Nullable Long waited) {
    EventSteps it = new EventSteps(before);
    it.steps.add(
        new Step(
            Kind.STIMULUS,
            Step.NO_ENTRY,
            null,
            true,
            Micros.of(at),
            0,
            RestartText.of(outcome, at, waited)));
    it.outcome(outcome);
    return it.steps;
  }

  /**
   * The steps of the outcome of a restart that belong to the slice that waited for the host: its
   * invalidations, which the service issued again.
   */
  static List<Step> issuedAgain(HostOutcomeReported outcome) {
    EventSteps it = new EventSteps(VsmmuState.ABSENT);
    outcome.operations().stream()
        .filter(operation -> operation.firstEntry() >= 0)
        .forEach(
            operation ->
                it.operation(outcome, operation, ", issued again after a restart of the service"));
    it.consMoves(outcome);
    return it.steps;
  }

  private void add(VsmmuEvent event) {
    switch (event) {
      case RegisterWritten it -> written(it);
      case CommandsConsumed it -> consumed(it);
      case CommandQueueFailed it -> queueFailed(it);
      case StreamConfigured it -> configured(it);
      case HostOutcomeReported it -> outcome(it);
      case HostFailed it ->
          step(
              Kind.DECISION,
              "the host refused %s; %s"
                  .formatted(
                      it.operation().kind(),
                      it.closed()
                          ? "the stream fails closed, on abort"
                          : "the stream could not be brought to abort either"));
      case FaultsReported it -> faults(it);
      case PageRequestsReported it -> pageRequests(it);
      case GlobalErrorRaised it ->
          step(
              Kind.GUEST_SEES,
              "GERROR.%s is raised: GERROR reads %s".formatted(it.error(), Hex.of(it.gerror())));
      case DeviceAttached it ->
          step(
              Kind.STIMULUS,
              "device %s is attached as StreamID %s"
                  .formatted(it.device().address(), Hex.of(it.streamId())));
      case DeviceDetached it ->
          step(
              Kind.STIMULUS, "the device of StreamID %s is detached".formatted(sid(it.streamId())));
      case IdentityResolved _ -> step(Kind.GUEST_SEES, "the ID registers change");
      case HostCallsObserved it -> it.calls().forEach(this::recordedCall);
      case VsmmuCreated it ->
          step(Kind.STIMULUS, "the vSMMU is created (%s)".formatted(it.origin()));
      case VsmmuDeleted _ -> step(Kind.STIMULUS, "the vSMMU is deleted");
      case VsmmuReset it ->
          step(Kind.STIMULUS, "the vSMMU is reset, by %s".formatted(lower(it.source())));
      case VsmmuPaused _ -> step(Kind.STIMULUS, "the vSMMU is paused");
      case VsmmuResumed _ -> step(Kind.STIMULUS, "the vSMMU is resumed");
      case VmmConnected it ->
          step(Kind.STIMULUS, "the VMM connects, process %d".formatted(it.pid()));
      case VmmDisconnected it ->
          step(Kind.STIMULUS, "the VMM disconnects: %s".formatted(it.reason()));
      case MemoryMapped it ->
          step(
              Kind.STIMULUS,
              "the VMM maps guest memory: %s bytes at %s"
                  .formatted(Hex.of(it.size()), Hex.of(it.address())));
      case MemoryUnmapped it ->
          step(
              Kind.STIMULUS,
              "the VMM unmaps guest memory: %s bytes at %s"
                  .formatted(Hex.of(it.size()), Hex.of(it.address())));
      case HardwareQueueAllocated it ->
          step(
              Kind.STIMULUS,
              "hardware queue %d is allocated; its commands are not in the log"
                  .formatted(it.index()));
      case HardwareQueueFreed it ->
          step(Kind.STIMULUS, "hardware queue %d is freed".formatted(it.index()));
      case HardwareQueueClosed it ->
          step(
              Kind.DECISION,
              "hardware queue %d is closed: %s".formatted(it.index(), lower(it.reason())));
      case RegisterReadsObserved it ->
          step(
              Kind.STIMULUS,
              "the recording shows %d register reads of the guest".formatted(it.reads().size()));
      case TranslationObserved it ->
          step(
              Kind.STIMULUS,
              "the recording shows a translation of StreamID %s: %s to %s"
                  .formatted(sid(it.streamId()), Hex.of(it.iova()), Hex.of(it.translated())));
      case LinesKept it ->
          step(
              Kind.STIMULUS,
              "%d lines of the recording from line %d on are kept as text"
                  .formatted(it.lines().size(), it.firstLine()));
      case InputChanged it ->
          step(
              Kind.STIMULUS,
              "from here on the log is decided again with a changed input: " + it.change());
      case PartImported it ->
          step(
              Kind.STIMULUS,
              ("the log begins here, with the state before position %d of %s; what led to it is in"
                      + " the log that this one was exported from")
                  .formatted(it.firstPosition(), it.vsmmu()));
      case RecordingFinished it ->
          step(
              Kind.STIMULUS,
              it.complete()
                  ? "the recording ends"
                  : "the recording ends before its end: " + it.reason());
    }
  }

  private void step(Kind kind, String text) {
    steps.add(new Step(kind, text));
  }

  private static String sid(int streamId) {
    return Hex.of(streamId);
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private void written(RegisterWritten it) {
    String register =
        Register.at(it.offset(), it.width())
            .map(access -> access.register().name())
            .orElse("no register");
    step(
        Kind.ACCESS,
        "the guest writes %s to %s (offset %s, %d bytes)%s"
            .formatted(
                Hex.of(it.value()),
                register,
                Hex.of(it.offset()),
                it.width(),
                it.verdict() == RegisterWritten.Verdict.TAKEN
                    ? ""
                    : ", which has no effect: " + lower(it.verdict())));
    it.changes()
        .forEach(
            change ->
                step(
                    Kind.GUEST_SEES,
                    "%s reads %s".formatted(change.register(), Hex.of(change.value()))));
  }

  private void consumed(CommandsConsumed it) {
    String entries =
        it.entries().isEmpty()
            ? "no command is fetched"
            : "%d command%s from index %s on"
                .formatted(
                    it.entries().size(), it.entries().size() == 1 ? "" : "s", Hex.of(it.from()));
    step(
        Kind.ACCESS,
        Doorbell.rung(before, it)
            ? "the guest writes %s to CMDQ_PROD, the doorbell: %s"
                .formatted(Hex.of(it.prod()), entries)
            : "the doorbell CMDQ_PROD = %s goes on: %s".formatted(Hex.of(it.prod()), entries));
    for (int i = 0; i < it.entries().size(); i++) {
      String effect = i < it.consumed() ? "" : ": left for a later slice, or not consumed";
      steps.add(
          Step.part(Kind.COMMAND, i, CommandText.name(it, i), CommandText.of(it, i) + effect));
    }
    if (it.fetchFault()) {
      step(Kind.DECISION, "an entry of the command queue could not be read from guest memory");
    }
    if (!it.awaitsHost()) {
      step(Kind.GUEST_SEES, consText(it.cons()));
      completions(it, it.consumed());
    }
  }

  private static String consText(long cons) {
    return "CMDQ_CONS moves to index %s".formatted(Hex.of(TableFields.RD.get(cons)));
  }

  /** The signals of the CMD_SYNCs among the first commands of a slice (IHI 0070, 4.7.3). */
  private void completions(CommandsConsumed slice, int first) {
    for (int i = 0; i < first; i++) {
      CommandEntry known = CommandView.knownBits(slice.known(), i);
      CommandEntry entry = slice.entries().get(i);
      if (!CommandView.opcodeKnown(known) || entry.opcode() != CommandOpcode.SYNC.code()) {
        continue;
      }
      boolean whole = known.word0() == -1 && known.word1() == -1;
      if (!whole) {
        steps.add(
            Step.unrecorded(
                i, "CMD_SYNC completes; the recording does not contain how it is signalled"));
      } else if (SmmuCommand.decode(entry) instanceof SmmuCommand.Sync sync) {
        steps.add(Step.unrecorded(i, completion(sync)));
      }
    }
  }

  private static String completion(SmmuCommand.Sync sync) {
    return switch (sync.cs()) {
      case SmmuCommand.Sync.CS_IRQ ->
          sync.msiAddress() == 0
              ? "CMD_SYNC completes with the wired interrupt"
              : "CMD_SYNC completes with an MSI: %s is written to %s"
                  .formatted(Hex.of(sync.msiData()), Hex.of(sync.msiAddress()));
      case SmmuCommand.Sync.CS_SEV -> "CMD_SYNC completes with SEV, which ends the guest's WFE";
      default -> "CMD_SYNC completes without a signal; the guest polls CMDQ_CONS";
    };
  }

  private void queueFailed(CommandQueueFailed it) {
    steps.add(
        new Step(
            Kind.DECISION,
            it.entry(),
            "the command queue stops with %s: %s".formatted(it.error(), it.detail())));
    step(
        Kind.GUEST_SEES,
        "CMDQ_CONS.ERR is %d (%s) at index %s, and GERROR reads %s"
            .formatted(
                it.error().code(),
                it.error(),
                Hex.of(TableFields.RD.get(it.cons())),
                Hex.of(it.gerror())));
  }

  private void configured(StreamConfigured it) {
    StreamState old = before.streams().get(it.streamId());
    String previous = old == null ? "unknown" : old.configuration().name();
    String effect =
        it.configuration() == it.effective() ? "" : ", in effect %s".formatted(it.effective());
    String host =
        it.allocatesHwpt()
            ? ", on a new HWPT (handle %d)".formatted(it.hwpt())
            : it.hwpt() == 0 ? "" : ", on the HWPT with handle %d".formatted(it.hwpt());
    String name = PartViews.fault(it.faultFromHereOn());
    String fault = name == null ? "" : ", a transaction causes " + name;
    String words = String.join(" ", SteView.words(it.ste(), it.completeness()));
    String ste = it.unknownSte().map(EventSteps::withoutSte).orElse("; STE " + words);
    steps.add(
        Step.part(
            Kind.DECISION,
            it.entry(),
            "stream configured to %s because of %s".formatted(it.configuration(), it.reason()),
            "StreamID %s is configured, %s -> %s%s%s%s, because of %s%s"
                .formatted(
                    sid(it.streamId()),
                    previous,
                    it.configuration(),
                    effect,
                    host,
                    fault,
                    it.reason(),
                    ste)));
  }

  private static String withoutSte(UnknownSte why) {
    return switch (why) {
      case NOT_READ -> "; its STE was not read";
      case OUT_OF_TABLE -> "; the Stream table has no STE for it";
      case FETCH_FAULT -> "; its STE could not be fetched";
      case NOT_RECORDED -> "; its STE is not recorded";
    };
  }

  private void outcome(HostOutcomeReported it) {
    it.operations().forEach(operation -> operation(it, operation, ""));
    consMoves(it);
  }

  /** CMDQ_CONS moves directly behind the last call, which may be recorded much later. */
  private void consMoves(HostOutcomeReported it) {
    if (it.completes()) {
      steps.add(
          new Step(
              Kind.GUEST_SEES,
              Step.NO_ENTRY,
              null,
              true,
              boxed(it.endedMicros()),
              0,
              consText(it.cons())));
    }
  }

  /**
   * Adds the completions of a slice's CMD_SYNCs to the steps of the outcome that moves CMDQ_CONS.
   */
  static List<Step> completions(CommandsConsumed slice) {
    EventSteps it = new EventSteps(VsmmuState.ABSENT);
    it.completions(slice, slice.consumed());
    return it.steps;
  }

  /**
   * @param why what made the service call, apart from the decision; begins with a comma
   */
  private void operation(HostOutcomeReported outcome, HostOperation it, String why) {
    String of =
        it.streamId() >= 0
            ? " for StreamID " + sid(it.streamId())
            : it.firstEntry() >= 0
                ? " of %d command%s from entry %d on"
                    .formatted(it.entries(), it.entries() == 1 ? "" : "s", it.firstEntry())
                : "";
    String answer =
        it.succeeded()
            ? "done, errno 0" + (it.kernelId() == 0 ? "" : ", kernel id " + it.kernelId())
            : "refused with "
                + it.errnoText()
                + (it.failedEntry() < 0 ? "" : " at entry " + it.failedEntry());
    String took = it.timed() ? ", took " + Nanos.text(it.tookNanos()) : "";
    steps.add(
        new Step(
            Kind.HOST_CALL,
            Step.NO_ENTRY,
            it.succeeded() ? it.kind() + " done" : null,
            true,
            boxed(outcome.beganMicros(it)),
            it.tookNanos(),
            "%s%s%s: %s%s".formatted(it.kind(), of, why, answer, took)));
  }

  private static @Nullable Long boxed(OptionalLong value) {
    return value.isPresent() ? (Long) value.getAsLong() : null;
  }

  private void recordedCall(RecordedHostCall it) {
    String arguments = it.arguments();
    String shown =
        arguments.length() <= CauseLimits.ARGUMENT_CHARS
            ? arguments
            : arguments.substring(0, CauseLimits.ARGUMENT_CHARS) + "...";
    steps.add(
        new Step(
            Kind.RECORDED_CALL,
            Step.NO_ENTRY,
            it.failed() ? null : it.name(),
            true,
            it.timeMicros() == RecordedHostCall.NO_TIME ? null : (Long) it.timeMicros(),
            0,
            "%s %s: %s (line %d)".formatted(it.name(), shown.strip(), recorded(it), it.line())));
  }

  private static String recorded(RecordedHostCall it) {
    if (it.result() == 0) {
      return "done, result 0";
    }
    return it.failed()
        ? "result %d: %s".formatted(it.result(), it.failure())
        : "result %d: nothing was mapped, which is no failure".formatted(it.result());
  }

  private void faults(FaultsReported it) {
    step(
        Kind.STIMULUS,
        "the host reports %d event record%s%s"
            .formatted(
                it.records().size(),
                it.records().size() == 1 ? "" : "s",
                it.lost() == 0 ? "" : "; it lost %d before".formatted(it.lost())));
    for (int i = 0; i < it.records().size(); i++) {
      EventRecord record = it.records().get(i);
      String text = recordText(record);
      boolean queued = i < it.queued();
      steps.add(
          Step.part(
              Kind.GUEST_SEES,
              i,
              "%s of StreamID %s%s"
                  .formatted(record.name(), sid(record.sid()), queued ? "" : ", lost to the guest"),
              queued
                  ? text + " is put into the event queue"
                  : text + " is lost to the guest: the event queue does not take it"));
    }
    step(Kind.GUEST_SEES, "EVENTQ_PROD reads %s".formatted(Hex.of(it.prod())));
  }

  static String recordText(EventRecord record) {
    FieldTable fields = record.fields();
    boolean addressed =
        fields.fields().contains(EventFields.INPUT_ADDR)
            || fields.fields().contains(EventFields.INPUT_PAGE);
    return "%s of StreamID %s%s"
        .formatted(
            record.name(),
            sid(record.sid()),
            addressed ? " at %s".formatted(Hex.of(record.word2())) : "");
  }

  private void pageRequests(PageRequestsReported it) {
    step(
        Kind.STIMULUS,
        "%d page request%s of devices%s"
            .formatted(
                it.records().size(),
                it.records().size() == 1 ? "" : "s",
                it.lost() == 0 ? "" : "; %d were lost before".formatted(it.lost())));
    step(
        Kind.GUEST_SEES,
        "%d of them are put into the PRI queue; PRIQ_PROD reads %s"
            .formatted(it.queued(), Hex.of(it.prod())));
  }
}
