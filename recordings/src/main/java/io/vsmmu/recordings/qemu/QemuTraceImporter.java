package io.vsmmu.recordings.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Imports what QEMU traced with {@code -trace 'smmuv3_*' -trace 'smmu_*' -trace 'iommufd_*' -D
 * file}, with or without timestamps. The stream is read once; memory is bounded by {@link
 * TraceLimits} whatever its length. Nothing in the input makes an import fail.
 *
 * <p>A trace does not hold the queue's entries: they are reconstructed, with a mask of the bits
 * that the trace tells. It does not name the vSMMU a line is of either: {@link Tracks} tells how
 * lines are attributed.
 */
public final class QemuTraceImporter {

  private static final String EXPECTED =
      "lines of QEMU's trace events smmuv3_*, such as \"smmuv3_read_mmio addr: 0x0 ...\", written"
          + " by qemu-system-aarch64 -trace 'smmuv3_*' -trace 'smmu_*' -trace 'iommufd_*' -D file";

  private static final String OTHER_TEXT = "(other text)";

  private QemuTraceImporter() {}

  /**
   * Reads {@code in} to its end and hands what it finds to {@code sink}. When reading fails, every
   * vSMMU's recording is finished as incomplete first.
   *
   * @throws IOException from {@code in}
   */
  public static ImportResult read(InputStream in, RecordingSink sink) throws IOException {
    return new Run(in, sink).read();
  }

  /** One import. */
  private static final class Run implements AccessGrouping.Output, TraceAssembler.KeptText {

    /** A line of text from before the first vSMMU is known. */
    private record Held(long line, String text, @Nullable Instant time, boolean unattributed) {}

    private final LineSource source;
    private final TraceLexer lexer = new TraceLexer();
    private final Tally tally = new Tally();
    private final RecordingSink sink;
    private final VsmmuOutput.Clock clock = new VsmmuOutput.Clock();
    private final RunStart runs = new RunStart();
    private final List<SmmuTrack> ofEarlierRuns = new ArrayList<>();
    private KernelObjects objects;
    private TraceAssembler assembler;
    private AccessGrouping grouping;
    private final Deque<Held> held = new ArrayDeque<>();
    private String event = "";
    private boolean known;
    private int created;
    private long line;
    private long overlong;
    private boolean cut;

    Run(InputStream in, RecordingSink sink) {
      this.source = new LineSource(in);
      this.sink = sink;
      objects = new KernelObjects();
      assembler = new TraceAssembler(objects, tally, this, clock, this::start);
      grouping = new AccessGrouping(objects, tally, this);
    }

    /** A further run of QEMU: another machine, whose vSMMUs have logs of their own. */
    private void nextRun() {
      tally.warn("a further run of QEMU begins, whose vSMMUs are others", line);
      finish("");
      ofEarlierRuns.addAll(assembler.tracks());
      objects = new KernelObjects();
      assembler = new TraceAssembler(objects, tally, this, clock, this::start);
      grouping = new AccessGrouping(objects, tally, this);
    }

    ImportResult read() throws IOException {
      boolean smmuv3 = false;
      try {
        while (source.next()) {
          line++;
          sink.reached(line);
          smmuv3 |= takeLine();
        }
      } catch (IOException e) {
        finish("reading the recording failed: " + e.getMessage());
        throw e;
      }
      if (!smmuv3) {
        return new ImportResult.Refused(line, source.bytes(), EXPECTED);
      }
      finish(cut ? "the recording ends within a line" : endsWithin());
      List<ImportReport.VsmmuSummary> summaries =
          Stream.concat(ofEarlierRuns.stream(), assembler.tracks().stream())
              .filter(SmmuTrack::used)
              .map(SmmuTrack::summary)
              .sorted(Comparator.comparingInt(ImportReport.VsmmuSummary::vsmmu))
              .toList();
      return new ImportResult.Imported(tally.report(source, line, overlong, cut, summaries));
    }

    /** What the recording ends within, other than a guest access; empty if nothing. */
    private String endsWithin() {
      TraceEvent last = lexer.event();
      if (last != null && last.duringTranslation() && !grouping.withinAccess()) {
        return "the recording ends within a translation";
      }
      return objects.unplugging() ? "the recording ends while a device is taken away" : "";
    }

    /** Takes one line; whether it is of an SMMUv3. */
    private boolean takeLine() {
      byte[] bytes = source.buffer();
      TraceLine read = lexer.read(bytes, source.start(), source.end());
      boolean smmuv3 = lexer.smmuv3(bytes);
      event = lexer.eventName(bytes);
      tally.kind(event.isEmpty() ? OTHER_TEXT : event);
      if (source.overlong()) {
        overlong++;
        tally.warn("line longer than " + TraceLimits.LINE_BYTES + " bytes, its end dropped", line);
      }
      if (!source.terminated()) {
        cut = true;
        tally.warn("the last line is cut", line);
        read = new TraceLine.Unknown();
      }
      known = !(read instanceof TraceLine.Unknown);
      TraceEvent named = lexer.event();
      if (named != null && runs.begins(named, source::text, lexer.time()) && assembler.begun()) {
        nextRun();
      }
      if (lexer.unreadable() && !cut) {
        tally.cannotRead();
        tally.warn("a line of a known event cannot be read: " + event, line);
        assembler.linesMissing();
      }
      grouping.take(
          read, new AccessGrouping.Line(line, source.copy(), lexer.time()), lexer.event());
      return smmuv3;
    }

    @Override
    public void startsWithMachine() {
      assembler.startsWithMachine();
    }

    @Override
    public void item(TraceItem item) {
      assembler.take(item);
    }

    @Override
    public void note(AccessGrouping.Line noted) {
      assembler.note(noted);
    }

    @Override
    public void orphan(AccessGrouping.Line orphan) {
      assembler.orphan(orphan, event, known);
    }

    @Override
    public void secure(long number, String text) {
      tally.kept(1);
      tally.warn("kept apart: lines of the Secure programming interface", number);
      keep(number, text, clock.time(), false);
    }

    @Override
    public void keep(long number, String text, @Nullable Instant time, boolean unattributed) {
      List<SmmuTrack> tracks = assembler.tracks();
      if (!tracks.isEmpty()) {
        tracks.getFirst().output().keep(number, text, time, unattributed);
      } else if (held.size() < TraceLimits.HELD_LINES) {
        held.add(new Held(number, text, time, unattributed));
      } else {
        tally.warn("text before the first access not kept: too many lines", number);
      }
    }

    private SmmuTrack start() {
      VsmmuOutput output = new VsmmuOutput(sink, () -> created++, clock, tally);
      held.forEach(h -> output.keep(h.line(), h.text(), h.time(), h.unattributed()));
      held.clear();
      return new SmmuTrack(output, tally);
    }

    private void finish(String reason) {
      TraceItem.Access within = grouping.finish();
      if (line > 0) {
        assembler.finish(within);
      }
      boolean several = assembler.tracks().stream().filter(SmmuTrack::used).count() > 1;
      for (SmmuTrack track : assembler.tracks()) {
        if (track.used() || !several) {
          String why = reasonFor(track, reason);
          track.output().finish(why.isEmpty(), why);
        }
      }
    }

    /** What makes the vSMMU's log less than the recorded machine's life; empty if nothing does. */
    private String reasonFor(SmmuTrack track, String reason) {
      List<String> lacks = new ArrayList<>();
      if (!reason.isEmpty()) {
        lacks.add(reason);
      }
      lacks.addAll(track.lacks());
      if (tally.unreadable() > 0) {
        lacks.add(
            "%s of known trace events could not be read"
                .formatted(Tally.count(tally.unreadable(), "line")));
      }
      if (tally.unattributed() > 0) {
        lacks.add(
            "%s with %s could not be attributed to one vSMMU"
                .formatted(
                    Tally.count(tally.unattributed(), "line"),
                    Tally.count(tally.unattributedCommands(), "command")));
      }
      return String.join("; ", lacks);
    }
  }
}
