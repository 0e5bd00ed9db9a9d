package io.vsmmu.smmu.wire;

import static io.vsmmu.smmu.wire.SharedSchemas.HOST_DEVICE;
import static io.vsmmu.smmu.wire.SharedSchemas.HOST_OPERATION;
import static io.vsmmu.smmu.wire.SharedSchemas.IDS;
import static io.vsmmu.smmu.wire.SharedSchemas.PROPERTIES;
import static io.vsmmu.smmu.wire.SharedSchemas.STE_FETCH;

import io.vsmmu.smmu.bits.ByNumber;
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
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuPaused;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.event.VsmmuResumed;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.Arrays;
import java.util.Optional;

/**
 * Every type of event that a log can hold: its number, its name, its class, and the fields of its
 * payload. Number and name of a type, and number and meaning of a field, are fixed for ever; new
 * fields are added at the end, and are absent in logs from before they existed.
 */
public enum EventKind {
  VSMMU_CREATED(
      1,
      "VsmmuCreated",
      VsmmuCreated.class,
      it ->
          new VsmmuCreated(
              it.constant(1, EnumNumbers.ORIGIN, VsmmuCreated::origin),
              it.constant(2, EnumNumbers.DURABILITY, VsmmuCreated::durability),
              it.message(3, PROPERTIES, VsmmuCreated::properties),
              it.message(4, IDS, VsmmuCreated::ids),
              it.string(5, VsmmuCreated::vm))),
  VSMMU_DELETED(2, "VsmmuDeleted", VsmmuDeleted.class, _ -> new VsmmuDeleted()),
  VSMMU_RESET(
      3,
      "VsmmuReset",
      VsmmuReset.class,
      it -> new VsmmuReset(it.constant(1, EnumNumbers.RESET_SOURCE, VsmmuReset::source))),
  VSMMU_PAUSED(4, "VsmmuPaused", VsmmuPaused.class, _ -> new VsmmuPaused()),
  VSMMU_RESUMED(5, "VsmmuResumed", VsmmuResumed.class, _ -> new VsmmuResumed()),
  DEVICE_ATTACHED(
      6,
      "DeviceAttached",
      DeviceAttached.class,
      it ->
          new DeviceAttached(
              it.uint32(1, DeviceAttached::streamId),
              it.message(2, HOST_DEVICE, DeviceAttached::device),
              it.constant(3, EnumNumbers.AUTO_WHEN_ABSENT, DeviceAttached::ats),
              it.message(4, IDS, DeviceAttached::resolved),
              it.message(5, STE_FETCH, DeviceAttached::fetch),
              it.word(6, DeviceAttached::deviceHandle),
              it.word(7, DeviceAttached::vdeviceHandle),
              it.bool(8, DeviceAttached::atsEnabled),
              it.word(9, DeviceAttached::firstHandle))),
  DEVICE_DETACHED(
      7,
      "DeviceDetached",
      DeviceDetached.class,
      it ->
          new DeviceDetached(
              it.uint32(1, DeviceDetached::streamId),
              it.word(2, DeviceDetached::deviceHandle),
              it.word(3, DeviceDetached::vdeviceHandle),
              it.word(4, DeviceDetached::freedHwpt),
              it.word(5, DeviceDetached::freedShared),
              it.optional(6, IDS, DeviceDetached::shownBefore))),
  IDENTITY_RESOLVED(
      8,
      "IdentityResolved",
      IdentityResolved.class,
      it -> new IdentityResolved(it.message(1, IDS, IdentityResolved::ids))),
  REGISTER_WRITTEN(
      9,
      "RegisterWritten",
      RegisterWritten.class,
      it ->
          new RegisterWritten(
              it.uint32(1, RegisterWritten::offset),
              it.uint32(2, RegisterWritten::width),
              it.word(3, RegisterWritten::value),
              it.messages(4, STE_FETCH, RegisterWritten::fetches),
              it.constant(5, EnumNumbers.VERDICT, RegisterWritten::verdict),
              it.messages(6, SharedSchemas.CHANGE, RegisterWritten::changes))),
  COMMANDS_CONSUMED(10, "CommandsConsumed", CommandsConsumed.class, new CommandsConsumedCodec()),
  COMMAND_QUEUE_FAILED(
      11,
      "CommandQueueFailed",
      CommandQueueFailed.class,
      it ->
          new CommandQueueFailed(
              it.signed32(1, CommandQueueFailed::entry),
              it.constant(2, EnumNumbers.COMMAND_ERROR, CommandQueueFailed::error),
              it.word(3, CommandQueueFailed::cons),
              it.word(4, CommandQueueFailed::gerror),
              it.string(5, CommandQueueFailed::detail))),
  STREAM_CONFIGURED(
      12,
      "StreamConfigured",
      StreamConfigured.class,
      it ->
          new StreamConfigured(
              it.uint32(1, StreamConfigured::streamId),
              it.constant(2, EnumNumbers.BEHAVIOUR, StreamConfigured::configuration),
              it.constant(3, EnumNumbers.BEHAVIOUR, StreamConfigured::effective),
              it.ste(4, StreamConfigured::ste),
              it.constant(5, EnumNumbers.COMPLETENESS, StreamConfigured::storedCompleteness),
              it.constant(6, EnumNumbers.REASON, StreamConfigured::reason),
              it.signed32(7, StreamConfigured::entry),
              it.uint32(8, StreamConfigured::fault),
              it.word(9, StreamConfigured::hwpt),
              it.bool(10, StreamConfigured::allocatesHwpt),
              it.word(11, StreamConfigured::hostWord0),
              it.word(12, StreamConfigured::hostWord1),
              it.word(13, StreamConfigured::freesHwpt))),
  HOST_OUTCOME_REPORTED(
      13, "HostOutcomeReported", HostOutcomeReported.class, new HostOutcomeCodec()),
  HOST_FAILED(
      14,
      "HostFailed",
      HostFailed.class,
      it ->
          new HostFailed(
              it.message(1, HOST_OPERATION, HostFailed::operation),
              it.bool(2, HostFailed::closed))),
  FAULTS_REPORTED(
      15,
      "FaultsReported",
      FaultsReported.class,
      it ->
          new FaultsReported(
              it.eventRecords(1, FaultsReported::records),
              it.word(2, FaultsReported::lost),
              it.uint32(3, FaultsReported::queued),
              it.word(4, FaultsReported::prod))),
  REGISTER_READS_OBSERVED(
      16,
      "RegisterReadsObserved",
      RegisterReadsObserved.class,
      it ->
          new RegisterReadsObserved(
              it.messages(1, SharedSchemas.REGISTER_READ, RegisterReadsObserved::reads),
              it.uint32(2, RegisterReadsObserved::differing))),
  HOST_CALLS_OBSERVED(
      17,
      "HostCallsObserved",
      HostCallsObserved.class,
      it ->
          new HostCallsObserved(
              it.messages(1, SharedSchemas.RECORDED_HOST_CALL, HostCallsObserved::calls))),
  TRANSLATION_OBSERVED(
      18,
      "TranslationObserved",
      TranslationObserved.class,
      it ->
          new TranslationObserved(
              it.uint32(1, TranslationObserved::streamId),
              it.uint32(2, TranslationObserved::stage),
              it.word(3, TranslationObserved::iova),
              it.word(4, TranslationObserved::translated))),
  LINES_KEPT(
      19,
      "LinesKept",
      LinesKept.class,
      it ->
          new LinesKept(
              it.word(1, LinesKept::firstLine),
              it.strings(2, LinesKept::lines),
              it.bool(3, LinesKept::unattributed))),
  RECORDING_FINISHED(
      20,
      "RecordingFinished",
      RecordingFinished.class,
      it ->
          new RecordingFinished(
              it.bool(1, RecordingFinished::complete), it.string(2, RecordingFinished::reason))),
  PAGE_REQUESTS_REPORTED(
      21,
      "PageRequestsReported",
      PageRequestsReported.class,
      it ->
          new PageRequestsReported(
              it.pageRequests(1, PageRequestsReported::records),
              it.word(2, PageRequestsReported::lost),
              it.uint32(3, PageRequestsReported::queued),
              it.word(4, PageRequestsReported::prod))),
  GLOBAL_ERROR_RAISED(
      22,
      "GlobalErrorRaised",
      GlobalErrorRaised.class,
      it ->
          new GlobalErrorRaised(
              it.constant(1, EnumNumbers.GLOBAL_ERROR, GlobalErrorRaised::error),
              it.word(2, GlobalErrorRaised::gerror))),
  VMM_CONNECTED(
      23,
      "VmmConnected",
      VmmConnected.class,
      it -> new VmmConnected(it.word(1, VmmConnected::pid), it.word(2, VmmConnected::uid))),
  VMM_DISCONNECTED(
      24,
      "VmmDisconnected",
      VmmDisconnected.class,
      it -> new VmmDisconnected(it.string(1, VmmDisconnected::reason))),
  MEMORY_MAPPED(
      25,
      "MemoryMapped",
      MemoryMapped.class,
      it ->
          new MemoryMapped(
              it.word(1, MemoryMapped::address),
              it.word(2, MemoryMapped::size),
              it.bool(3, MemoryMapped::readable),
              it.bool(4, MemoryMapped::writable),
              it.constant(5, EnumNumbers.SHARING, MemoryMapped::sharing),
              it.bool(6, MemoryMapped::kept))),
  MEMORY_UNMAPPED(
      26,
      "MemoryUnmapped",
      MemoryUnmapped.class,
      it ->
          new MemoryUnmapped(
              it.word(1, MemoryUnmapped::address), it.word(2, MemoryUnmapped::size))),
  HARDWARE_QUEUE_ALLOCATED(
      27,
      "HardwareQueueAllocated",
      HardwareQueueAllocated.class,
      it -> {
        int index = it.uint32(1, HardwareQueueAllocated::index);
        long handle = it.word(2, HardwareQueueAllocated::handle);
        long address = it.word(3, HardwareQueueAllocated::address);
        long size = it.word(4, HardwareQueueAllocated::size);
        return new HardwareQueueAllocated(index, address, size, handle);
      }),
  HARDWARE_QUEUE_FREED(
      28,
      "HardwareQueueFreed",
      HardwareQueueFreed.class,
      it ->
          new HardwareQueueFreed(
              it.uint32(1, HardwareQueueFreed::index), it.word(2, HardwareQueueFreed::handle))),
  HARDWARE_QUEUE_CLOSED(
      29,
      "HardwareQueueClosed",
      HardwareQueueClosed.class,
      it ->
          new HardwareQueueClosed(
              it.uint32(1, HardwareQueueClosed::index),
              it.word(2, HardwareQueueClosed::handle),
              it.constant(3, EnumNumbers.CLOSED_REASON, HardwareQueueClosed::reason))),
  INPUT_CHANGED(
      30,
      "InputChanged",
      InputChanged.class,
      it -> new InputChanged(it.string(1, InputChanged::change))),
  /** The fields of the state, as those of events, are fixed for ever. */
  PART_IMPORTED(
      31,
      "PartImported",
      PartImported.class,
      it ->
          new PartImported(
              it.string(1, PartImported::vsmmu),
              it.word(2, PartImported::firstPosition),
              it.word(3, PartImported::lastPosition),
              it.word(4, PartImported::events),
              it.message(5, new SnapshotSchema(), part -> (VsmmuState) part.state())));

  private static final ByNumber<EventKind> BY_NUMBER = new ByNumber<>(values(), EventKind::number);
  private static final ClassValue<EventKind> BY_CLASS =
      new ClassValue<>() {
        @Override
        protected EventKind computeValue(Class<?> type) {
          return Arrays.stream(values())
              .filter(kind -> kind.type == type)
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException(type.getName()));
        }
      };

  private final int number;
  private final String label;
  private final Class<? extends VsmmuEvent> type;
  private final Codec<VsmmuEvent> codec;

  <E extends VsmmuEvent> EventKind(int number, String label, Class<E> type, Schema<E> schema) {
    this(number, label, type, (Codec<E>) schema);
  }

  /** The cast is safe: the codec is used for the events that {@link #of} finds by their class. */
  @SuppressWarnings("unchecked")
  <E extends VsmmuEvent> EventKind(int number, String label, Class<E> type, Codec<E> codec) {
    this.number = number;
    this.label = label;
    this.type = type;
    this.codec = (Codec<VsmmuEvent>) codec;
  }

  /** The type's number in the log, from 1. */
  public int number() {
    return number;
  }

  /** The type's name in exports, in the REST API and on the command line. */
  public String label() {
    return label;
  }

  /** Writes and reads payloads of this type. */
  Codec<VsmmuEvent> codec() {
    return codec;
  }

  /** The type with this number; empty if there is none. */
  public static Optional<EventKind> of(int number) {
    return BY_NUMBER.get(number);
  }

  /** The type of events of this class. */
  public static EventKind of(VsmmuEvent event) {
    return BY_CLASS.get(event.getClass());
  }
}
