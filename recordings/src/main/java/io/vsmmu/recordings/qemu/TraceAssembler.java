package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteReading;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;

/** Puts lines together to stimuli: one per guest access, with all that the access caused. */
final class TraceAssembler {

  /** What became of a line. */
  enum Placement {
    /** It belongs to one vSMMU. */
    ATTRIBUTED,
    /** Which vSMMU it belongs to is not known. */
    UNATTRIBUTED,
    /** It is text to be kept. */
    KEPT,
    /** It is counted when it is known whom it belongs to. */
    HELD
  }

  private final Tracks tracks;
  private final StreamLines streams;
  private final HostCallPlacement hostCalls;
  private final Resets resets;
  private final Tally tally;
  private final VsmmuOutput.Clock clock;
  private int misfits;

  TraceAssembler(
      Tracks tracks,
      HostCallPlacement hostCalls,
      Resets resets,
      Tally tally,
      VsmmuOutput.Clock clock) {
    this.tracks = tracks;
    this.streams = new StreamLines(tracks);
    this.hostCalls = hostCalls;
    this.resets = resets;
    this.tally = tally;
    this.clock = clock;
  }

  /** Takes the next line. */
  Placement take(TraceLine line) {
    Placement placement = place(line);
    if (placement != Placement.UNATTRIBUTED || !tracks.single() || !tellsPosition(line)) {
      misfits = placement == Placement.ATTRIBUTED && tellsPosition(line) ? 0 : misfits;
      return placement;
    }
    return recover(line);
  }

  private static boolean tellsPosition(TraceLine line) {
    return switch (line) {
      case TraceLine.ReadRegister l -> true;
      case TraceLine.WriteRegister l -> true;
      case TraceLine.Consume l -> true;
      case TraceLine.ConsumeOut l -> true;
      default -> false;
    };
  }

  /**
   * With one vSMMU only, a contradiction means that lines are missing: first perhaps only one of
   * the open access or a few commands; after {@link TraceLimits#LINES_BEFORE_RESYNC} lines nothing
   * known is relied on any more.
   */
  private Placement recover(TraceLine line) {
    SmmuTrack track = tracks.all().getFirst();
    if (bridged(track, line) && place(line) == Placement.ATTRIBUTED) {
      tally.warn("lines of an access are missing", clock.line());
      misfits = 0;
      return Placement.ATTRIBUTED;
    }
    if (++misfits < TraceLimits.LINES_BEFORE_RESYNC) {
      return Placement.UNATTRIBUTED;
    }
    misfits = 0;
    tally.warn("lines are missing: the vSMMU's registers are taken as they are now", clock.line());
    settle(track);
    track.forget();
    return place(line);
  }

  /** Whether few missing lines explain the contradiction; the track is then as after them. */
  private boolean bridged(SmmuTrack track, TraceLine line) {
    OpenAccess open = track.access();
    if (open != null && open.done()) {
      settle(track);
      return true;
    }
    boolean consumes = line instanceof TraceLine.Consume || line instanceof TraceLine.ConsumeOut;
    if (open == null && consumes && track.registers().commandQueueCertainly(false)) {
      // The queue is at work, so the write that enabled it is missing.
      track.registers().uncertain(Register.CR0.offset());
      return true;
    }
    return switch (line) {
      case TraceLine.WriteRegister l when open != null && track.endMissing(l) -> {
        open.end(open.prod(), track.log2Size(), track.commands());
        yield true;
      }
      case TraceLine.Consume l ->
          opensAfterGap(
              track,
              QueuePosition.of(l.prod(), l.prodWrap()),
              QueuePosition.of(l.cons(), l.consWrap()));
      case TraceLine.ConsumeOut l ->
          opensAfterGap(
              track,
              QueuePosition.of(l.prod(), l.prodWrap()),
              QueuePosition.of(l.cons(), l.consWrap()));
      default -> false;
    };
  }

  private static boolean opensAfterGap(SmmuTrack track, long prod, long cons) {
    if (track.access() != null || !track.shortGapTo(prod, cons)) {
      return false;
    }
    track.open(prod, track.rest());
    return true;
  }

  private Placement place(TraceLine line) {
    return switch (line) {
      case TraceLine.ReadRegister l -> read(l);
      case TraceLine.WriteRegister l -> write(l);
      case TraceLine.Consume l -> consume(l);
      case TraceLine.ConsumeOut l -> consumeOut(l);
      case TraceLine.Opcode l -> opcode(l);
      case TraceLine.ConsumeError l -> error(l);
      case TraceLine.Detail l -> detail(l);
      case TraceLine.InstallSte l -> streams.install(l);
      case TraceLine.TranslateSte l -> streams.translate(l);
      case TraceLine.Translated l -> streams.translated(l);
      case TraceLine.StreamNote l -> streams.stream(l);
      case TraceLine.TableNote l -> streams.table(l);
      case TraceLine.Note l -> streams.note();
      case TraceLine.AccelDevice l -> hostCalls.device(l, tracks);
      case TraceLine.HostCall l -> hostCalls.place(l, clock.line());
      case TraceLine.ResetExit l -> resets.line();
      case TraceLine.Unknown l -> Placement.KEPT;
    };
  }

  private Placement read(TraceLine.ReadRegister line) {
    boolean id = RegisterKnowledge.isId(line.offset());
    SmmuTrack track = id ? tracks.ofIdRead(line) : tracks.ofRead(line);
    track = track == null && tracks.all().isEmpty() ? tracks.join() : track;
    if (track == null) {
      return Placement.UNATTRIBUTED;
    }
    settle(track);
    if (id) {
      track.probe(line.offset(), line.value());
    }
    track.read(line);
    track.output().read(new RegisterRead(line.offset(), line.width(), line.value()));
    return Placement.ATTRIBUTED;
  }

  private Placement write(TraceLine.WriteRegister line) {
    SmmuTrack track = tracks.all().isEmpty() ? tracks.join() : tracks.ofWrite(line);
    if (track == null) {
      return Placement.UNATTRIBUTED;
    }
    OpenAccess open = track.access();
    if (open == null || open.maybeClosed()) {
      settle(track);
      Stimulus plain = writeOf(line, List.of());
      track.output().access(List.of(plain), List.of());
    } else {
      close(track, open, line);
    }
    track.write(line.offset(), line.width(), line.value());
    return Placement.ATTRIBUTED;
  }

  private static Stimulus writeOf(TraceLine.WriteRegister line, List<SteReading> readings) {
    return new Stimulus.WriteRegister(line.offset(), line.width(), line.value(), readings);
  }

  private void close(SmmuTrack track, OpenAccess open, TraceLine.WriteRegister line) {
    boolean toProd = line.offset() == Register.CMDQ_PROD.offset();
    List<Stimulus> stimuli = new ArrayList<>(open.takeDevices());
    List<SteReading> readings = open.takeReadingsOfWrite();
    boolean consumedBefore = open.handedOn();
    List<OpenAccess.Slice> slices = open.takeSlices();
    if (!toProd || (slices.isEmpty() && !consumedBefore)) {
      stimuli.add(writeOf(line, readings));
    }
    addSlices(stimuli, slices, toProd ? line.value() : track.prodRegister(open));
    track.closed(open);
    track.output().access(stimuli, open.takeCalls());
  }

  private static void addSlices(List<Stimulus> stimuli, List<OpenAccess.Slice> slices, long prod) {
    for (OpenAccess.Slice slice : slices) {
      stimuli.add(
          new Stimulus.ConsumeCommands(
              prod, slice.entries(), slice.known(), slice.readings(), slice.fetchFault()));
    }
  }

  /** Hands on what is known of an access whose register write is not in the recording. */
  void settle(SmmuTrack track) {
    OpenAccess open = track.access();
    if (open == null) {
      return;
    }
    List<Stimulus> stimuli = new ArrayList<>(open.takeDevices());
    addSlices(stimuli, open.takeSlices(), track.prodRegister(open));
    track.closed(open);
    track.output().access(stimuli, open.takeCalls());
  }

  private Placement consume(TraceLine.Consume line) {
    long prod = QueuePosition.of(line.prod(), line.prodWrap());
    long cons = QueuePosition.of(line.cons(), line.consWrap());
    SmmuTrack track =
        tracks.all().isEmpty() ? tracks.join() : tracks.only(t -> t.consumeFits(prod, cons));
    if (track == null) {
      return Placement.UNATTRIBUTED;
    }
    opened(track, prod, cons).consume(cons, track.log2Size(), track.commands());
    handOnEarly(track);
    return Placement.ATTRIBUTED;
  }

  private Placement consumeOut(TraceLine.ConsumeOut line) {
    long prod = QueuePosition.of(line.prod(), line.prodWrap());
    long cons = QueuePosition.of(line.cons(), line.consWrap());
    SmmuTrack track =
        tracks.all().isEmpty() ? tracks.join() : tracks.only(t -> t.consumeOutFits(prod, cons));
    if (track == null) {
      return Placement.UNATTRIBUTED;
    }
    opened(track, prod, cons).end(cons, track.log2Size(), track.commands());
    return Placement.ATTRIBUTED;
  }

  private OpenAccess opened(SmmuTrack track, long prod, long cons) {
    if (track.idle()) {
      settle(track);
    }
    OpenAccess open = track.access();
    if (open != null) {
      return open;
    }
    track.output().separateCalls();
    return track.open(prod, cons);
  }

  /**
   * A long access goes out in slices. Only a write that enables the queue or acknowledges an error
   * must come before its commands, so those wait for it within a bound.
   */
  private void handOnEarly(SmmuTrack track) {
    OpenAccess open = track.access();
    if (open == null || !open.hasFullSlices()) {
      return;
    }
    boolean byProd = track.registers().commandQueueCertainly(true) && track.movedProd(open);
    if (!byProd && open.heldCommands() < TraceLimits.HELD_COMMANDS) {
      return;
    }
    if (!byProd) {
      tally.warn("commands of a very long access come before its register write", clock.line());
    }
    List<Stimulus> stimuli = new ArrayList<>(open.takeDevices());
    addSlices(stimuli, open.takeFullSlices(), track.prodRegister(open));
    track.output().access(stimuli, open.takeCalls());
  }

  private Placement opcode(TraceLine.Opcode line) {
    SmmuTrack track = tracks.only(t -> awaitsOpcode(t));
    CommandAssembly command = SmmuTrack.commandOf(track);
    if (command == null) {
      return Placement.UNATTRIBUTED;
    }
    command.opcode(line.command());
    return Placement.ATTRIBUTED;
  }

  private static boolean awaitsOpcode(SmmuTrack track) {
    OpenAccess open = track.access();
    return open != null && open.awaitsOpcode();
  }

  private Placement error(TraceLine.ConsumeError line) {
    SmmuTrack track = tracks.only(t -> SmmuTrack.commandOf(t) != null);
    OpenAccess open = track == null ? null : track.access();
    if (track == null || open == null) {
      return Placement.UNATTRIBUTED;
    }
    open.error(line.code(), track.log2Size(), track.commands());
    return Placement.ATTRIBUTED;
  }

  private Placement detail(TraceLine.Detail line) {
    SmmuTrack track =
        tracks.only(
            t -> {
              CommandAssembly command = SmmuTrack.commandOf(t);
              return command != null && command.accepts(line);
            });
    CommandAssembly command = SmmuTrack.commandOf(track);
    if (track == null || command == null) {
      return Placement.UNATTRIBUTED;
    }
    command.detail(line);
    if (line instanceof TraceLine.StreamDetail stream) {
      track.stream(stream.streamId());
    }
    return Placement.ATTRIBUTED;
  }

  /** The recording is over: what is open goes out as far as it is known. */
  void finish(boolean complete, String reason) {
    resets.finish();
    hostCalls.finish();
    for (SmmuTrack track : tracks.all()) {
      boolean open = track.access() != null;
      settle(track);
      String why = reason.isEmpty() && open ? "the recording ends within an access" : reason;
      track.output().finish(complete && !open, why);
    }
  }
}
