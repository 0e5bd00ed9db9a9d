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
 * file}, with or without timestamps. The stream is read once, and memory is bounded by {@link
 * TraceLimits} whatever its length. No content of the input makes an import fail.
 *
 * <p>A trace does not contain the entries of the command queue: they are reconstructed, with a mask
 * of the bits that the trace shows ({@link CommandAssembly}). It does not name the vSMMU of a line
 * either: {@link AttributionSearch} finds it.
 */
public final class QemuTraceImporter {

  private static final String EXPECTED =
      "lines of QEMU's trace events smmuv3_*, such as \"smmuv3_read_mmio addr: 0x0 ...\", written"
          + " by qemu-system-aarch64 -trace 'smmuv3_*' -trace 'smmu_*' -trace 'iommufd_*' -D file";

  private static final String OTHER_TEXT = "(other text)";

  private QemuTraceImporter() {}

  /**
   * Reads {@code in} to its end and hands the stimuli to {@code sink}. If reading fails, the
   * recording of every vSMMU is finished as incomplete before the exception is thrown.
   *
   * @param in the trace as text; not closed here
   * @throws IOException from {@code in}
   */
  public static ImportResult read(InputStream in, RecordingSink sink) throws IOException {
    return new Run(in, sink).read();
  }

  private static final class Run implements AccessGrouping.Output, TraceDemultiplexer.KeptText {

    /** A line of text from before the first vSMMU was known. */
    private record Held(long line, String text, @Nullable Instant time, boolean unattributed) {}

    private final LineSource source;
    private final TraceLexer lexer = new TraceLexer();
    private final ImportStatistics statistics = new ImportStatistics();
    private final RecordingSink sink;
    private final StimulusSequencer.Clock clock = new StimulusSequencer.Clock();
    private final QemuRunDetector runs = new QemuRunDetector();
    private final List<TracedSmmu> ofEarlierRuns = new ArrayList<>();
    private IommufdObjects objects;
    private TraceDemultiplexer demultiplexer;
    private AccessGrouping grouping;
    private final Deque<Held> held = new ArrayDeque<>();
    private boolean known;
    private int created;
    private long line;
    private long overlong;
    private boolean cut;

    Run(InputStream in, RecordingSink sink) {
      this.source = new LineSource(in);
      this.sink = sink;
      objects = new IommufdObjects();
      demultiplexer = new TraceDemultiplexer(objects, statistics, this, clock, this::start);
      grouping = new AccessGrouping(objects, statistics, this);
    }

    /** Starts a further run of QEMU: another machine, whose vSMMUs have logs of their own. */
    private void nextRun() {
      statistics.warn("a further run of QEMU begins, whose vSMMUs are others", line);
      finish("");
      ofEarlierRuns.addAll(demultiplexer.smmus());
      objects = new IommufdObjects();
      demultiplexer = new TraceDemultiplexer(objects, statistics, this, clock, this::start);
      grouping = new AccessGrouping(objects, statistics, this);
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
      List<ImportReport.VsmmuStatistics> summaries =
          Stream.concat(ofEarlierRuns.stream(), demultiplexer.smmus().stream())
              .filter(TracedSmmu::used)
              .map(TracedSmmu::summary)
              .sorted(Comparator.comparingInt(ImportReport.VsmmuStatistics::vsmmu))
              .toList();
      return new ImportResult.Imported(statistics.report(source, line, overlong, cut, summaries));
    }

    /** Within what, other than a guest access, the recording ends; empty if it ends between. */
    private String endsWithin() {
      TraceEvent last = lexer.event();
      if (last != null && last.duringTranslation() && !grouping.withinAccess()) {
        return "the recording ends within a translation";
      }
      return objects.unplugging() ? "the recording ends while a device is taken away" : "";
    }

    /** Takes the current line; returns whether it is a line of an SMMUv3. */
    private boolean takeLine() {
      byte[] bytes = source.buffer();
      TraceLine read = lexer.read(bytes, source.start(), source.end());
      boolean smmuv3 = lexer.smmuv3(bytes);
      TraceEvent named = lexer.event();
      if (named != null) {
        statistics.kind(named);
      } else {
        String event = lexer.eventName(bytes);
        statistics.kind(event.isEmpty() ? OTHER_TEXT : event);
      }
      if (source.overlong()) {
        overlong++;
        statistics.warn(
            "line longer than " + TraceLimits.LINE_BYTES + " bytes, its end dropped", line);
      }
      if (!source.terminated()) {
        cut = true;
        statistics.warn("the last line is cut", line);
        read = new TraceLine.Unknown();
      }
      known = !(read instanceof TraceLine.Unknown);
      if (named != null
          && runs.begins(named, source::text, lexer.time())
          && demultiplexer.begun()) {
        nextRun();
      }
      if (lexer.unreadable() && !cut) {
        statistics.cannotRead();
        statistics.warn("a line of a known event cannot be read: " + lexer.eventName(bytes), line);
        demultiplexer.linesMissing();
      }
      grouping.take(read, new AccessGrouping.Line(line, source.copy(), lexer.time()), named);
      return smmuv3;
    }

    @Override
    public void startsWithMachine() {
      demultiplexer.startsWithMachine();
    }

    @Override
    public void item(TraceItem item) {
      demultiplexer.take(item);
    }

    @Override
    public void note(AccessGrouping.Line noted) {
      demultiplexer.note(noted);
    }

    @Override
    public void orphan(AccessGrouping.Line orphan) {
      // It is the line that was read last.
      demultiplexer.orphan(orphan, lexer.eventName(source.buffer()), known);
    }

    @Override
    public void secure(long number, String text) {
      statistics.kept(1);
      statistics.warn("kept apart: lines of the Secure programming interface", number);
      keep(number, text, clock.time(), false);
    }

    @Override
    public void keep(long number, String text, @Nullable Instant time, boolean unattributed) {
      List<TracedSmmu> smmus = demultiplexer.smmus();
      if (!smmus.isEmpty()) {
        smmus.getFirst().output().keep(number, text, time, unattributed);
      } else if (held.size() < TraceLimits.HELD_LINES) {
        held.add(new Held(number, text, time, unattributed));
      } else {
        statistics.warn("text before the first access not kept: too many lines", number);
      }
    }

    private TracedSmmu start() {
      StimulusSequencer output = new StimulusSequencer(sink, () -> created++, clock, statistics);
      held.forEach(h -> output.keep(h.line(), h.text(), h.time(), h.unattributed()));
      held.clear();
      return new TracedSmmu(output, statistics);
    }

    private void finish(String reason) {
      TraceItem.Access within = grouping.finish();
      if (line > 0) {
        demultiplexer.finish(within);
      }
      boolean several = demultiplexer.smmus().stream().filter(TracedSmmu::used).count() > 1;
      for (TracedSmmu smmu : demultiplexer.smmus()) {
        if (smmu.used() || !several) {
          String why = reasonFor(smmu, reason);
          smmu.output().finish(why.isEmpty(), why);
        }
      }
    }

    /** What the vSMMU's log lacks, for {@link io.vsmmu.smmu.stimulus.Stimulus.FinishRecording}. */
    private String reasonFor(TracedSmmu smmu, String reason) {
      List<String> lacks = new ArrayList<>();
      if (!reason.isEmpty()) {
        lacks.add(reason);
      }
      lacks.addAll(smmu.lacks());
      if (statistics.unreadable() > 0) {
        lacks.add(
            "%s of known trace events could not be read"
                .formatted(ImportStatistics.count(statistics.unreadable(), "line")));
      }
      if (statistics.unattributed() > 0) {
        lacks.add(
            "%s with %s could not be attributed to one vSMMU"
                .formatted(
                    ImportStatistics.count(statistics.unattributed(), "line"),
                    ImportStatistics.count(statistics.unattributedCommands(), "command")));
      }
      return String.join("; ", lacks);
    }
  }
}
