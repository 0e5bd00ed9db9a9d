package io.vsmmu.recordings.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
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
  private static final class Run implements VsmmuOutput.Clock {

    /** A line of text from before the first vSMMU is known. */
    private record Held(long line, String text) {}

    private final LineSource source;
    private final TraceLexer lexer = new TraceLexer();
    private final Tally tally = new Tally();
    private final RecordingSink sink;
    private final Tracks tracks = new Tracks(this::start);
    private final Resets resets = new Resets(tracks, tally, this, this::keep);
    private final HostCallPlacement hostCalls = new HostCallPlacement(tracks, tally, this::keep);
    private final TraceAssembler assembler =
        new TraceAssembler(tracks, hostCalls, resets, tally, this);
    private final Deque<Held> held = new ArrayDeque<>();
    private int created;
    private long line;
    private long overlong;
    private boolean cut;

    Run(InputStream in, RecordingSink sink) {
      this.source = new LineSource(in);
      this.sink = sink;
      resets.settleWith(assembler::settle);
    }

    @Override
    public long line() {
      return line;
    }

    @Override
    public @Nullable Instant time() {
      return lexer.time();
    }

    ImportResult read() throws IOException {
      boolean smmuv3 = false;
      try {
        while (source.next()) {
          line++;
          smmuv3 |= takeLine();
        }
      } catch (IOException e) {
        finish(false, "reading the recording failed: " + e.getMessage());
        throw e;
      }
      if (!smmuv3) {
        return new ImportResult.Refused(line, source.bytes(), EXPECTED);
      }
      if (tracks.all().isEmpty()) {
        placeRest();
      }
      finish(!cut, cut ? "the recording ends within a line" : "");
      List<ImportReport.VsmmuSummary> summaries =
          tracks.all().stream()
              .map(track -> track.output().summary(track.commands()))
              .sorted(Comparator.comparingInt(ImportReport.VsmmuSummary::vsmmu))
              .toList();
      return new ImportResult.Imported(tally.report(source, line, overlong, cut, summaries));
    }

    /** Takes one line; whether it is of an SMMUv3. */
    private boolean takeLine() {
      byte[] bytes = source.buffer();
      TraceLine read = lexer.read(bytes, source.start(), source.end());
      boolean smmuv3 = lexer.smmuv3(bytes);
      String event = lexer.eventName(bytes);
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
      if (!(read instanceof TraceLine.ResetExit)) {
        resets.otherLine();
      }
      count(assembler.take(read), event);
      return smmuv3;
    }

    private void count(TraceAssembler.Placement placement, String event) {
      switch (placement) {
        case ATTRIBUTED -> tally.attributed(1);
        case HELD -> {}
        case KEPT -> {
          tally.kept(1);
          tally.warn(event.isEmpty() ? "text that is no trace event" : "kept: " + event, line);
          keep(line, source.text());
        }
        case UNATTRIBUTED -> {
          tally.unattributed(1);
          tally.warn("which vSMMU a line belongs to is not known", line);
          keep(line, source.text());
        }
      }
    }

    private void keep(long number, String text) {
      SmmuTrack first = tracks.first();
      if (first != null) {
        first.output().keep(number, text);
      } else if (held.size() < TraceLimits.HELD_LINES) {
        held.add(new Held(number, text));
      } else {
        tally.warn("text before the first access not kept: too many lines", number);
      }
    }

    private SmmuTrack start() {
      VsmmuOutput output = new VsmmuOutput(sink, () -> created++, this, tally);
      SmmuTrack track = new SmmuTrack(output);
      output.identifiedBy(track.registers()::ids);
      if (tracks.all().isEmpty()) {
        hostCalls.started(track);
        held.forEach(h -> output.keep(h.line(), h.text()));
        held.clear();
      }
      return track;
    }

    /** Lines of an SMMUv3 were there, but none that tells of an access. */
    private void placeRest() {
      SmmuTrack track = tracks.join();
      if (track != null) {
        tally.warn("no register access in the recording", 0);
      }
    }

    private void finish(boolean complete, String reason) {
      assembler.finish(complete, reason);
    }
  }
}
