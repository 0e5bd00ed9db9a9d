package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.EventParts.QueueRecord;
import io.vsmmu.debugger.expression.EventParts.SliceCommand;
import io.vsmmu.debugger.expression.Member.Form;
import io.vsmmu.projections.model.NamedStreams;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.projections.view.PartViews;
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
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.model.CommandCounts;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names below {@code event}, whose owner is a {@link LogEvent}: those that {@code events}
 * shows, and some that collect a value over all commands and records of an event. A name is absent
 * in events of a type that does not have it.
 */
final class EventNames {

  static final Shape EVENT = event();

  private EventNames() {}

  /** How one type of events gives a value. */
  private record Source<E extends VsmmuEvent>(
      Class<E> type, Function<? super E, ? extends @Nullable Object> of) {

    @Nullable Object read(VsmmuEvent event) {
      return of.apply(type.cast(event));
    }
  }

  private static <E extends VsmmuEvent> Source<E> in(
      Class<E> type, Function<? super E, ? extends @Nullable Object> of) {
    return new Source<>(type, of);
  }

  /** Reads from the source whose type the event has; null if there is none. */
  private static Shape.Accessor<LogEvent> from(Source<?>... sources) {
    return (_, logged) -> {
      VsmmuEvent event = logged.event();
      for (Source<?> source : sources) {
        if (source.type().isInstance(event)) {
          return source.read(event);
        }
      }
      return null;
    };
  }

  private static Shape event() {
    Shape.Builder<LogEvent> names = new Shape.Builder<>();
    logged(names);
    collected(names);
    life(names);
    devices(names);
    registers(names);
    commands(names);
    streams(names);
    host(names);
    memory(names);
    recordings(names);
    return names.build();
  }

  private static void logged(Shape.Builder<LogEvent> names) {
    names
        .text(
            "type",
            "type of the event",
            Arrays.stream(EventKind.values())
                .map(EventKind::label)
                .collect(Collectors.toUnmodifiableSet()),
            (_, e) -> e.type())
        .decimal("position", "in the whole log, from 1", (_, e) -> e.position())
        .decimal("sequence", "in the log of the vSMMU, from 0", (_, e) -> e.sequence())
        .instant("time", "when it was recorded", (_, e) -> e.stored().timeMicros())
        .decimal(
            "cause",
            "position of the event that caused it; null for none",
            (moment, e) -> {
              Long cause = e.cause();
              return cause == null ? null : moment.positions().apply(cause);
            })
        .text(
            "subject", "the API's client that asked for it; null for none", (_, e) -> e.subject());
  }

  /** Values that are collected over all commands and records of an event. */
  private static void collected(Shape.Builder<LogEvent> names) {
    names
        .numbers(
            "sid",
            "every StreamID that it names",
            Form.HEXADECIMAL,
            (_, e) ->
                NamedStreams.of(e.event()).each().stream().map(Integer::toUnsignedLong).toList())
        .texts(
            "command",
            "names of its commands",
            CommandCounts.names(),
            from(
                in(
                    CommandsConsumed.class,
                    it -> SliceCommand.of(it).stream().map(SliceCommand::name).toList())))
        .numbers("asid", "ASIDs that its commands name", Form.DECIMAL, ofCommands("ASID"))
        .numbers("vmid", "VMIDs that its commands name", Form.DECIMAL, ofCommands("VMID"))
        .numbers(
            "ssid",
            "SubstreamIDs that its commands name",
            Form.HEXADECIMAL,
            ofCommands("SubstreamID"))
        .numbers(
            "va",
            "addresses of its TLB and ATC invalidations, faults and page requests",
            Form.HEXADECIMAL,
            from(
                in(CommandsConsumed.class, it -> fields(it, "Address")),
                in(FaultsReported.class, EventNames::inputAddresses),
                in(
                    PageRequestsReported.class,
                    it ->
                        it.records().stream()
                            .map(r -> QueueRecord.of(r).field("PageAddr"))
                            .filter(Objects::nonNull)
                            .toList())));
  }

  private static Shape.Accessor<LogEvent> ofCommands(String field) {
    return from(in(CommandsConsumed.class, it -> fields(it, field)));
  }

  private static List<Long> fields(CommandsConsumed slice, String name) {
    List<Long> values = new ArrayList<>();
    for (SliceCommand command : SliceCommand.of(slice)) {
      Long value = command.field(name);
      if (value != null) {
        values.add(value);
      }
    }
    return values;
  }

  private static List<Long> inputAddresses(FaultsReported faults) {
    List<Long> addresses = new ArrayList<>();
    for (EventRecord record : faults.records()) {
      record
          .type()
          .flatMap(type -> type.fields().field(EventFields.INPUT_ADDR.name()))
          .ifPresent(field -> addresses.add(Hex.number(field, record.words())));
    }
    return addresses;
  }

  private static void life(Shape.Builder<LogEvent> names) {
    names
        .text(
            "origin",
            "live, or a recording",
            from(in(VsmmuCreated.class, it -> it.origin().name())))
        .text(
            "durability",
            "when events are acknowledged",
            from(in(VsmmuCreated.class, it -> it.durability().name())))
        .part(
            "properties",
            "as they were chosen",
            StateNames.properties(),
            from(in(VsmmuCreated.class, VsmmuCreated::properties)))
        .part(
            "ids",
            "the ID registers from here on",
            EventParts.IDS,
            from(
                in(VsmmuCreated.class, VsmmuCreated::ids),
                in(DeviceAttached.class, DeviceAttached::resolved),
                in(IdentityResolved.class, IdentityResolved::ids)))
        .text(
            "vm",
            "name of its VM; null for one of its own",
            from(in(VsmmuCreated.class, it -> it.vm().isEmpty() ? null : it.vm())))
        .text("source", "what reset it", from(in(VsmmuReset.class, it -> it.source().name())))
        .text(
            "reason",
            "of a configuration, a disconnection, a closed queue or a recording's end",
            from(
                in(StreamConfigured.class, it -> it.reason().name()),
                in(VmmDisconnected.class, VmmDisconnected::reason),
                in(HardwareQueueClosed.class, it -> it.reason().name()),
                in(RecordingFinished.class, RecordingFinished::reason)))
        .decimal("pid", "process id of the VMM", from(in(VmmConnected.class, VmmConnected::pid)))
        .decimal("uid", "user id of the VMM", from(in(VmmConnected.class, VmmConnected::uid)));
  }

  private static void devices(Shape.Builder<LogEvent> names) {
    names
        .part(
            "hostDevice",
            "the host's device",
            EventParts.HOST_DEVICE,
            from(in(DeviceAttached.class, DeviceAttached::device)))
        .text("ats", "as it was asked for", from(in(DeviceAttached.class, it -> it.ats().name())))
        .truth(
            "atsEnabled",
            "whether the device uses ATS",
            from(in(DeviceAttached.class, DeviceAttached::atsEnabled)))
        .decimal(
            "device",
            "handle of the bound device",
            from(
                in(DeviceAttached.class, it -> StreamNames.handle(it.deviceHandle())),
                in(DeviceDetached.class, it -> StreamNames.handle(it.deviceHandle()))))
        .decimal(
            "vdevice",
            "handle of its vDEVICE",
            from(
                in(DeviceAttached.class, it -> StreamNames.handle(it.vdeviceHandle())),
                in(DeviceDetached.class, it -> StreamNames.handle(it.vdeviceHandle()))))
        .decimal(
            "firstShared",
            "handle of the IOAS, made for the first device",
            from(in(DeviceAttached.class, it -> StreamNames.handle(it.firstHandle()))))
        .part(
            "reading",
            "the STE as it was read",
            EventParts.READING,
            from(in(DeviceAttached.class, DeviceAttached::fetch)))
        .decimal(
            "freedHwpt",
            "handle of the HWPT that is destroyed; null for none",
            from(in(DeviceDetached.class, it -> StreamNames.handle(it.freedHwpt()))))
        .decimal(
            "freedShared",
            "first handle of the shared objects that are destroyed; null for none",
            from(in(DeviceDetached.class, it -> StreamNames.handle(it.freedShared()))))
        .truth(
            "undone",
            "whether an attachment is undone",
            from(in(DeviceDetached.class, it -> it.shownBefore().isPresent())));
  }

  private static void registers(Shape.Builder<LogEvent> names) {
    names
        .text(
            "register",
            "name of the register that was written; null for none",
            from(in(RegisterWritten.class, it -> EventParts.register(it.offset(), it.width()))))
        .hex(
            "offset",
            "bytes from the frame's beginning",
            from(in(RegisterWritten.class, it -> Integer.toUnsignedLong(it.offset()))))
        .decimal("width", "bytes written", from(in(RegisterWritten.class, it -> (long) it.width())))
        .hex("value", "the value written", from(in(RegisterWritten.class, RegisterWritten::value)))
        .text(
            "verdict",
            "whether the write took effect",
            Shape.constants(RegisterWritten.Verdict.class),
            from(in(RegisterWritten.class, it -> it.verdict().name())))
        .list(
            "changes",
            "the registers that change",
            EventParts.CHANGE,
            ofEvent(in(RegisterWritten.class, RegisterWritten::changes)))
        .list(
            "readings",
            "the STEs that were read",
            EventParts.READING,
            ofEvent(
                in(RegisterWritten.class, RegisterWritten::fetches),
                in(CommandsConsumed.class, CommandsConsumed::fetches)));
  }

  /** The items that an event has, in order; none in events of other types. */
  private static Function<LogEvent, List<Object>> ofEvent(Source<?>... sources) {
    return logged -> {
      VsmmuEvent event = logged.event();
      for (Source<?> source : sources) {
        if (source.type().isInstance(event) && source.read(event) instanceof List<?> items) {
          return List.copyOf(items);
        }
      }
      return List.of();
    };
  }

  private static void commands(Shape.Builder<LogEvent> names) {
    names
        .hex(
            "prod",
            "the queue's PROD as written, or from here on",
            from(
                in(CommandsConsumed.class, CommandsConsumed::prod),
                in(FaultsReported.class, FaultsReported::prod),
                in(PageRequestsReported.class, PageRequestsReported::prod)))
        .hex(
            "from",
            "fetch index of the first entry",
            from(in(CommandsConsumed.class, CommandsConsumed::from)))
        .hex(
            "fetched",
            "fetch index from here on",
            from(in(CommandsConsumed.class, CommandsConsumed::fetched)))
        .hex(
            "cons",
            "CMDQ_CONS from here on",
            from(
                in(CommandsConsumed.class, CommandsConsumed::cons),
                in(CommandQueueFailed.class, CommandQueueFailed::cons),
                in(HostOutcomeReported.class, HostOutcomeReported::cons)))
        .decimal(
            "consumed",
            "entries that took effect",
            from(in(CommandsConsumed.class, it -> (long) it.consumed())))
        .truth(
            "awaitsHost",
            "CONS moves only with the host's outcome",
            from(in(CommandsConsumed.class, CommandsConsumed::awaitsHost)))
        .truth(
            "fetchFault",
            "an entry could not be read",
            from(in(CommandsConsumed.class, CommandsConsumed::fetchFault)))
        .text(
            "recordedError",
            "CMDQ_CONS.ERR in a recording; null for none",
            from(
                in(
                    CommandsConsumed.class,
                    it -> it.recorded().map(recorded -> recorded.error().name()).orElse(null))))
        .list(
            "commands",
            "the commands of a slice",
            EventParts.COMMAND,
            ofEvent(in(CommandsConsumed.class, SliceCommand::of)))
        .decimal(
            "entry",
            "index in the slice of the command concerned; null for none",
            from(
                in(CommandQueueFailed.class, it -> (long) it.entry()),
                in(StreamConfigured.class, it -> EventParts.atLeastZero(it.entry()))))
        .text(
            "error",
            "of the command queue, or in GERROR",
            from(
                in(CommandQueueFailed.class, it -> it.error().name()),
                in(GlobalErrorRaised.class, it -> it.error().name())))
        .hex(
            "gerror",
            "GERROR from here on",
            from(
                in(CommandQueueFailed.class, CommandQueueFailed::gerror),
                in(GlobalErrorRaised.class, GlobalErrorRaised::gerror)))
        .text(
            "detail",
            "why the command queue stopped",
            from(in(CommandQueueFailed.class, CommandQueueFailed::detail)));
  }

  private static void streams(Shape.Builder<LogEvent> names) {
    names
        .text(
            "configuration",
            "what the guest configured",
            Shape.constants(StreamBehaviour.class),
            from(in(StreamConfigured.class, it -> it.configuration().name())))
        .text(
            "effective",
            "how transactions are handled from here on",
            Shape.constants(StreamBehaviour.class),
            from(in(StreamConfigured.class, it -> it.effective().name())));
    Function<LogEvent, StreamNames.@Nullable KnownSte> ste =
        logged ->
            logged.event() instanceof StreamConfigured it
                ? new StreamNames.KnownSte(it.ste(), it.completeness(), it.unknownSte())
                : null;
    StreamNames.addSte(names, ste);
    StreamNames.addUnknownSte(names, ste);
    names
        .text(
            "fault",
            "the event with which a transaction of the stream ends from here on; null for none",
            from(in(StreamConfigured.class, it -> PartViews.fault(it.faultFromHereOn()))))
        .decimal(
            "hwpt",
            "handle of the HWPT that the device is attached to; null for none",
            from(in(StreamConfigured.class, it -> StreamNames.handle(it.hwpt()))))
        .truth(
            "allocatesHwpt",
            "whether the HWPT is made by this event",
            from(in(StreamConfigured.class, StreamConfigured::allocatesHwpt)))
        .numbers(
            "hostSte",
            "the vSTE that the host gets; null for none",
            Form.HEXADECIMAL,
            from(
                in(
                    StreamConfigured.class,
                    it -> it.allocatesHwpt() ? List.of(it.hostWord0(), it.hostWord1()) : null)))
        .decimal(
            "freesHwpt",
            "handle of the HWPT that is destroyed; null for none",
            from(in(StreamConfigured.class, it -> StreamNames.handle(it.freesHwpt()))))
        .decimal(
            "stage",
            "of an observed translation",
            from(in(TranslationObserved.class, it -> (long) it.stage())))
        .hex(
            "iova",
            "of an observed translation",
            from(in(TranslationObserved.class, TranslationObserved::iova)))
        .hex(
            "translated",
            "outcome of an observed translation",
            from(in(TranslationObserved.class, TranslationObserved::translated)));
  }

  private static void host(Shape.Builder<LogEvent> names) {
    names
        .decimal(
            "decision",
            "sequence of the event whose operations these are",
            from(in(HostOutcomeReported.class, HostOutcomeReported::decision)))
        .truth(
            "completes",
            "whether the command queue waited for this",
            from(in(HostOutcomeReported.class, HostOutcomeReported::completes)))
        .instant(
            "began",
            "when the first measured call of the host began; null where none was measured",
            from(
                in(
                    HostOutcomeReported.class,
                    it -> it.beganMicros() == 0 ? null : (Long) it.beganMicros())))
        .list(
            "operations",
            "the host's operations",
            EventParts.OPERATION,
            ofEvent(in(HostOutcomeReported.class, HostOutcomeReported::operations)))
        .part(
            "operation",
            "the operation that failed",
            EventParts.OPERATION,
            from(in(HostFailed.class, HostFailed::operation)))
        .truth(
            "closed",
            "whether the stream failed closed",
            from(in(HostFailed.class, HostFailed::closed)))
        .decimal(
            "lost",
            "records that were lost before these",
            from(
                in(FaultsReported.class, FaultsReported::lost),
                in(PageRequestsReported.class, PageRequestsReported::lost)))
        .decimal(
            "queued",
            "records that the guest's queue takes",
            from(
                in(FaultsReported.class, it -> (long) it.queued()),
                in(PageRequestsReported.class, it -> (long) it.queued())))
        .list(
            "records",
            "fault records or page requests",
            EventParts.RECORD,
            ofEvent(
                in(FaultsReported.class, it -> it.records().stream().map(QueueRecord::of).toList()),
                in(
                    PageRequestsReported.class,
                    it -> it.records().stream().map(QueueRecord::of).toList())));
  }

  private static void memory(Shape.Builder<LogEvent> names) {
    names
        .hex(
            "address",
            "guest-physical address",
            from(
                in(MemoryMapped.class, MemoryMapped::address),
                in(MemoryUnmapped.class, MemoryUnmapped::address),
                in(HardwareQueueAllocated.class, HardwareQueueAllocated::address)))
        .hex(
            "size",
            "bytes",
            from(
                in(MemoryMapped.class, MemoryMapped::size),
                in(MemoryUnmapped.class, MemoryUnmapped::size),
                in(HardwareQueueAllocated.class, HardwareQueueAllocated::size)))
        .text(
            "access",
            "rw, r, w or nothing",
            from(in(MemoryMapped.class, it -> PartViews.access(it.readable(), it.writable()))))
        .text(
            "sharing",
            "how the VMM shares it",
            from(in(MemoryMapped.class, it -> it.sharing().name())))
        .truth("kept", "whether the state has it", from(in(MemoryMapped.class, MemoryMapped::kept)))
        .decimal(
            "index",
            "of a hardware queue",
            from(
                in(HardwareQueueAllocated.class, it -> (long) it.index()),
                in(HardwareQueueFreed.class, it -> (long) it.index()),
                in(HardwareQueueClosed.class, it -> (long) it.index())))
        .decimal(
            "queue",
            "handle of a hardware queue",
            from(
                in(HardwareQueueAllocated.class, it -> StreamNames.handle(it.handle())),
                in(HardwareQueueFreed.class, it -> StreamNames.handle(it.handle())),
                in(HardwareQueueClosed.class, it -> StreamNames.handle(it.handle()))));
  }

  private static void recordings(Shape.Builder<LogEvent> names) {
    names
        .decimal(
            "differing",
            "reads that the state would have answered with another value",
            from(in(RegisterReadsObserved.class, it -> (long) it.differing())))
        .list(
            "reads",
            "register reads of a recording",
            EventParts.READ,
            ofEvent(in(RegisterReadsObserved.class, RegisterReadsObserved::reads)))
        .list(
            "calls",
            "calls of the recorded VMM",
            EventParts.CALL,
            ofEvent(in(HostCallsObserved.class, HostCallsObserved::calls)))
        .decimal(
            "firstLine",
            "number of the first line, from 1",
            from(in(LinesKept.class, LinesKept::firstLine)))
        .truth(
            "unattributed",
            "whether the lines belong to no single vSMMU",
            from(in(LinesKept.class, LinesKept::unattributed)))
        .texts(
            "lines", "lines of a recording", Set.of(), from(in(LinesKept.class, LinesKept::lines)))
        .truth(
            "complete",
            "whether the recording is complete",
            from(in(RecordingFinished.class, RecordingFinished::complete)))
        .text(
            "partOf",
            "name of the vSMMU of whose log this one is a part, where it was exported",
            from(in(PartImported.class, PartImported::vsmmu)))
        .decimal(
            "firstPosition",
            "of the part's first event, where it was exported",
            from(in(PartImported.class, PartImported::firstPosition)))
        .decimal(
            "lastPosition",
            "of the part's last event, where it was exported",
            from(in(PartImported.class, PartImported::lastPosition)))
        .decimal(
            "events",
            "of the whole log when the part was exported",
            from(in(PartImported.class, PartImported::events)));
  }
}
