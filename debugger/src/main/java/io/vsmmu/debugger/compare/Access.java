package io.vsmmu.debugger.compare;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to a vSMMU from outside, and what followed from it: a command of the
 * queue, a write to a register, a reset, a device, or a record of a fault. A slice of the command
 * queue is as many accesses as it has commands, because two VMMs divide the same commands
 * differently. Not thread-safe.
 */
final class Access {

  /** What an access can be. */
  enum Kind {
    CREATED,
    RESET,
    ATTACH,
    DETACH,
    WRITE,
    COMMAND,
    FAULT,
    PAGE_REQUEST,
    ABORTED_WRITE,
    HARDWARE_QUEUE;

    /** Whether a pair of these is certain to belong together. */
    boolean anchors() {
      return this == CREATED || this == RESET;
    }
  }

  /** An invalidation of the host that was not tried, because one before it failed. */
  static final int NOT_TRIED = -2;

  /** The host was not asked for an invalidation. */
  static final int NOT_ASKED = -1;

  /** {@link #completedMicros} while the completion is unknown. */
  static final long UNKNOWN = Long.MIN_VALUE;

  private final Kind kind;
  private final long position;
  private final long sequence;
  private final long timeMicros;
  private final StimulusEvent event;
  private final int part;

  private List<StreamConfigured> configured = List.of();
  private List<HostOperation> operations = List.of();
  private List<RecordedHostCall> calls = List.of();
  private @Nullable Map<Register, Long> reads;
  private @Nullable CommandQueueFailed error;
  private int invalidated = NOT_ASKED;
  private long completedMicros = UNKNOWN;

  /** Hash of what kind of access it is, which two accesses with different values share. */
  private long what;

  /** Hash of all values that are compared, but for {@link #first} and {@link #second}. */
  private long exact;

  private long first = IdPairs.NONE;
  private long second = IdPairs.NONE;

  /**
   * @param part index of the command or record within the event; 0 for others
   */
  Access(Kind kind, long position, long sequence, long timeMicros, StimulusEvent event, int part) {
    this.kind = kind;
    this.position = position;
    this.sequence = sequence;
    this.timeMicros = timeMicros;
    this.event = event;
    this.part = part;
  }

  Kind kind() {
    return kind;
  }

  /** Position of the event that recorded it. */
  long position() {
    return position;
  }

  /** Sequence of that event. */
  long sequence() {
    return sequence;
  }

  /** When it was recorded, in microseconds since 1970-01-01T00:00Z. */
  long timeMicros() {
    return timeMicros;
  }

  StimulusEvent event() {
    return event;
  }

  /** Index of the command or record within the event. */
  int part() {
    return part;
  }

  /** The command, of {@link Kind#COMMAND}. */
  CommandEntry command() {
    return ((CommandsConsumed) event).entries().get(part);
  }

  /** Mask of the bits of the command that are known. */
  CommandEntry known() {
    List<CommandEntry> masks = ((CommandsConsumed) event).known();
    return part < masks.size() ? masks.get(part) : KnownBits.ALL;
  }

  /** The record, of {@link Kind#FAULT}. */
  EventRecord fault() {
    return ((FaultsReported) event).records().get(part);
  }

  /** The request, of {@link Kind#PAGE_REQUEST}. */
  PageRequest pageRequest() {
    return ((PageRequestsReported) event).records().get(part);
  }

  /** The name under which accesses of its kind are counted, such as {@code write CR0}. */
  String name() {
    return switch (kind) {
      case CREATED -> "creation";
      case RESET -> "reset";
      case ATTACH -> "attach a device";
      case DETACH -> "detach a device";
      case WRITE -> "write " + register();
      case COMMAND -> KnownBits.opcodeKnown(known()) ? command().name() : "unknown command";
      case FAULT -> "fault " + fault().name();
      case PAGE_REQUEST -> "page request";
      case ABORTED_WRITE -> "aborted write " + ((GlobalErrorRaised) event).error();
      case HARDWARE_QUEUE -> "hardware queue";
    };
  }

  private String register() {
    RegisterWritten write = (RegisterWritten) event;
    return Register.at(write.offset(), write.width())
        .map(access -> access.register().name())
        .orElseGet(() -> "0x%x".formatted(write.offset()));
  }

  // --- what followed from it ---------------------------------------------------------------------

  void add(StreamConfigured stream) {
    configured = with(configured, stream);
  }

  void add(HostOperation operation) {
    operations = with(operations, operation);
  }

  void add(RecordedHostCall call) {
    calls = with(calls, call);
  }

  void read(Register register, long value) {
    Map<Register, Long> known = reads;
    if (known == null) {
      known = new EnumMap<>(Register.class);
      reads = known;
    }
    known.put(register, value);
  }

  void failed(CommandQueueFailed failure) {
    error = failure;
  }

  void invalidated(int errno) {
    invalidated = errno;
  }

  void completed(long micros) {
    completedMicros = micros;
  }

  private static <T> List<T> with(List<T> list, T item) {
    // Most accesses have none, and those that have one rarely have a second.
    List<T> grown = list.isEmpty() ? new ArrayList<>(1) : list;
    grown.add(item);
    return grown;
  }

  /** The streams that it configured. */
  List<StreamConfigured> configured() {
    return Collections.unmodifiableList(configured);
  }

  /** The operations of the host that it led to, without invalidations that succeeded. */
  List<HostOperation> operations() {
    return Collections.unmodifiableList(operations);
  }

  /** The calls that a recorded VMM made to its host after it. */
  List<RecordedHostCall> calls() {
    return Collections.unmodifiableList(calls);
  }

  /** The last value of each register that was read before the next access, if that was recorded. */
  Map<Register, Long> reads() {
    Map<Register, Long> known = reads;
    return known == null ? Map.of() : Collections.unmodifiableMap(known);
  }

  /** The error with which the command queue stopped at it; null if it did not. */
  @Nullable CommandQueueFailed error() {
    return error;
  }

  /** The errno of the invalidation on the host, {@link #NOT_ASKED} or {@link #NOT_TRIED}. */
  int invalidated() {
    return invalidated;
  }

  /**
   * When the SMMU had consumed it, in microseconds since 1970-01-01T00:00Z; {@link #UNKNOWN} if the
   * log does not say that.
   */
  long completedMicros() {
    return completedMicros;
  }

  /** Whether nothing followed from it that could differ. */
  boolean plain() {
    return configured.isEmpty()
        && operations.isEmpty()
        && calls.isEmpty()
        && reads == null
        && error == null;
  }

  // --- what it is compared by --------------------------------------------------------------------

  /**
   * Sets the hashes by which accesses are aligned.
   *
   * @param firstId an id that may have another number in the other log, or {@link IdPairs#NONE}
   * @param secondId another one
   */
  void sign(long kindHash, long valueHash, long firstId, long secondId) {
    what = kindHash;
    exact = valueHash;
    first = firstId;
    second = secondId;
  }

  long what() {
    return what;
  }

  long exact() {
    return exact;
  }

  long first() {
    return first;
  }

  long second() {
    return second;
  }
}
