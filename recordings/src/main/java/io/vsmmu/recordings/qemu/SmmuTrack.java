package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One vSMMU as the trace has shown it so far, and whether a further line can be about it. A line
 * fits when nothing known contradicts it.
 */
final class SmmuTrack {

  /** Where the guest's driver is. */
  enum Phase {
    /** Identification registers are being read, nothing has been written since. */
    PROBING,
    /** Registers are being written, until CR0ACK shows that the SMMU is enabled. */
    INITIALISING,
    /** Enabled at least once since the last probe, or seen first in the middle of its life. */
    RUNNING
  }

  private final RegisterKnowledge registers = new RegisterKnowledge();
  private final CommandCounter commands = new CommandCounter();
  private final VsmmuOutput output;
  private final Set<Integer> streams = new HashSet<>();
  private final Map<Integer, String> devices = new HashMap<>();
  private final Map<Integer, Integer> translations = new HashMap<>();

  private Phase phase = Phase.RUNNING;
  private int readInProbe;
  private boolean written;
  private long prod = QueuePosition.UNKNOWN;
  private long cons = QueuePosition.UNKNOWN;
  private @Nullable OpenAccess access;

  SmmuTrack(VsmmuOutput output) {
    this.output = output;
  }

  VsmmuOutput output() {
    return output;
  }

  RegisterKnowledge registers() {
    return registers;
  }

  CommandCounter commands() {
    return commands;
  }

  Phase phase() {
    return phase;
  }

  /** Whether the guest wrote a register since the start or the last reset. */
  boolean written() {
    return written;
  }

  @Nullable OpenAccess access() {
    return access;
  }

  /** The command that {@code track} is just consuming; null if there is none. */
  static @Nullable CommandAssembly commandOf(@Nullable SmmuTrack track) {
    OpenAccess open = track == null ? null : track.access();
    return open == null ? null : open.current();
  }

  int log2Size() {
    return registers.commandQueueLog2();
  }

  /** StreamIDs with a host device, and the device's address. */
  Map<Integer, String> devices() {
    return devices;
  }

  boolean knowsStream(int streamId) {
    return streams.contains(streamId);
  }

  void stream(int streamId) {
    if (streams.size() < TraceLimits.STREAMS) {
      streams.add(streamId);
    }
  }

  /** Whether {@code stage} is not what the last translation of the stream showed. */
  boolean translationChanged(int streamId, int stage) {
    if (translations.size() >= TraceLimits.STREAMS && !translations.containsKey(streamId)) {
      return false;
    }
    Integer before = translations.put(streamId, stage);
    return before == null || before != stage;
  }

  // What fits

  boolean idle() {
    OpenAccess open = access;
    return open == null || (open.done() && open.maybeClosed());
  }

  /** Whether this read can be one of the probe that is under way. */
  boolean probeFits(int offset, long value) {
    return phase == Phase.PROBING
        && idle()
        && (readInProbe & (1 << (offset >> 2))) == 0
        && registers.idFits(offset, value);
  }

  boolean readFits(TraceLine.ReadRegister read) {
    if (!idle()) {
      return false;
    }
    if (RegisterKnowledge.isId(read.offset())) {
      return registers.idFits(read.offset(), read.value());
    }
    if (read.offset() == Register.CMDQ_CONS.offset()) {
      return atRest() == QueuePosition.UNKNOWN
          || QueuePosition.matches(
              RegisterKnowledge.consPointer(read.value()), atRest(), log2Size());
    }
    return registers.readFits(read.offset(), read.value());
  }

  boolean writeFits(TraceLine.WriteRegister write) {
    int offset = write.offset();
    OpenAccess open = access;
    if (open != null && !idle()) {
      return open.done() && closes(open, offset, write.value());
    }
    if (offset == Register.CMDQ_PROD.offset() || offset == Register.GERRORN.offset()) {
      return !registers.commandQueueCertainly(true);
    }
    if (offset == Register.CR0.offset()) {
      return !RegisterKnowledge.enablesCommandQueue(write.value());
    }
    return !registers.locked(offset);
  }

  /** Whether the write can be what the open access was: one that makes QEMU look at the queue. */
  private boolean closes(OpenAccess open, int offset, long value) {
    if (offset == Register.CMDQ_PROD.offset()) {
      return QueuePosition.matches(value, open.prod(), log2Size());
    }
    boolean sameProd = prod == QueuePosition.UNKNOWN || prod == open.prod();
    if (offset == Register.CR0.offset()) {
      return sameProd && RegisterKnowledge.enablesCommandQueue(value);
    }
    return sameProd && offset == Register.GERRORN.offset();
  }

  boolean consumeFits(long newProd, long newCons) {
    OpenAccess open = access;
    if (open != null && !idle()) {
      return !open.done()
          && open.prod() == newProd
          && QueuePosition.distance(open.next(), newCons, log2Size()) >= 0
          && QueuePosition.distance(newCons, newProd, log2Size()) >= 0
          && (open.current() == null || newCons != open.next());
    }
    return startFits(newProd, newCons);
  }

  boolean consumeOutFits(long newProd, long newCons) {
    OpenAccess open = access;
    if (open != null && !idle()) {
      return !open.done()
          && open.prod() == newProd
          && QueuePosition.distance(open.next(), newCons, log2Size()) >= 0;
    }
    return startFits(newProd, newCons);
  }

  private boolean startFits(long newProd, long newCons) {
    boolean position = atRest() == QueuePosition.UNKNOWN || atRest() == newCons;
    boolean disabled = registers.commandQueueCertainly(false);
    return position && (!disabled || prod == QueuePosition.UNKNOWN || prod == newProd);
  }

  /** Where consumption goes on with the next access. */
  long rest() {
    return atRest();
  }

  /** Whether the write ends the open access, so that only the end of consumption was not told. */
  boolean endMissing(TraceLine.WriteRegister write) {
    OpenAccess open = access;
    return open != null
        && write.offset() == Register.CMDQ_PROD.offset()
        && closes(open, write.offset(), write.value());
  }

  /** Whether the queue can have moved on to {@code newCons} within few lines that are missing. */
  boolean shortGapTo(long newProd, long newCons) {
    if (cons == QueuePosition.UNKNOWN || registers.commandQueueCertainly(false)) {
      return false;
    }
    long gap = QueuePosition.distance(cons, newCons, log2Size());
    return gap > 0
        && gap <= TraceLimits.MISSING_COMMANDS
        && QueuePosition.distance(newCons, newProd, log2Size()) >= 0;
  }

  private long atRest() {
    OpenAccess open = access;
    return open == null ? cons : open.next();
  }

  // What happened

  void probe(int offset, long value) {
    if (phase != Phase.PROBING) {
      phase = Phase.PROBING;
      readInProbe = 0;
    }
    readInProbe |= 1 << (offset >> 2);
    registers.id(offset, value);
  }

  /** What looked like the probe of another vSMMU was one of this. */
  void continueProbeOf(SmmuTrack mistaken) {
    phase = Phase.PROBING;
    readInProbe = mistaken.readInProbe;
    mistaken.output.takeReads().forEach(output::read);
  }

  /** Starts the probe of a vSMMU that nothing was known of: its registers are as after a reset. */
  void fresh() {
    registers.reset();
    prod = QueuePosition.of(0, false);
    cons = prod;
    phase = Phase.PROBING;
  }

  OpenAccess open(long newProd, long newCons) {
    if (registers.smmuCertainly(true)) {
      phase = Phase.RUNNING;
    }
    OpenAccess opened = new OpenAccess(newProd, newCons);
    access = opened;
    return opened;
  }

  /** The open access is over: {@code cons} is where the queue rests. */
  void closed(OpenAccess open) {
    cons = open.next();
    prod = open.prod();
    access = null;
  }

  void write(int offset, int width, long value) {
    registers.write(offset, width, value);
    written = true;
    if (offset == Register.CMDQ_PROD.offset()) {
      prod = QueuePosition.ofRegister(value, log2Size());
    } else if (offset == Register.CMDQ_CONS.offset() && !registers.commandQueueCertainly(true)) {
      cons = QueuePosition.ofRegister(RegisterKnowledge.consPointer(value), log2Size());
    }
    if (phase == Phase.PROBING) {
      phase = Phase.INITIALISING;
    }
  }

  /** A read that tells that the driver has done with its initialisation. */
  void read(TraceLine.ReadRegister read) {
    if (read.offset() == Register.CR0ACK.offset()
        && phase == Phase.INITIALISING
        && RegisterKnowledge.enablesSmmu(read.value())) {
      phase = Phase.RUNNING;
    }
  }

  /** The value of CMDQ_PROD that made {@code open} consume. */
  long prodRegister(OpenAccess open) {
    return QueuePosition.register(open.prod(), log2Size());
  }

  boolean movedProd(OpenAccess open) {
    return prod != open.prod();
  }

  /** A write that may have been to this vSMMU: its register is unknown from here on. */
  void maybeWritten(TraceLine.WriteRegister write) {
    registers.uncertain(write.offset());
    OpenAccess open = access;
    if (open != null && open.done()) {
      open.maybeClosed(true);
    }
    if (open == null && write.offset() == Register.CMDQ_PROD.offset()) {
      prod = QueuePosition.UNKNOWN;
    }
    if (open == null && write.offset() == Register.CMDQ_CONS.offset()) {
      cons = QueuePosition.UNKNOWN;
    }
  }

  /** The VMM reset it. */
  void reset() {
    registers.reset();
    access = null;
    prod = QueuePosition.of(0, false);
    cons = prod;
    phase = Phase.RUNNING;
    written = false;
    translations.clear();
  }

  /** Lines have contradicted what is known: nothing is, then. */
  void forget() {
    registers.forget();
    access = null;
    prod = QueuePosition.UNKNOWN;
    cons = QueuePosition.UNKNOWN;
    phase = Phase.RUNNING;
  }
}
