package io.vsmmu.recordings.qemu;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a further run of QEMU begins in a file to which several were appended: QEMU counts
 * the memory regions of its SMMUs from the start of its process, and no process goes back in time.
 * Ids of kernel objects that are given again tell nothing: lines may be missing that freed them.
 */
final class RunStart {

  /** smmu_add_mr: the name ends with a number that counts up from 0. */
  private static final Pattern REGION = Pattern.compile("-(\\d+)\\s*$");

  private boolean begun;
  private @Nullable Instant latest;

  /**
   * Takes the next line of a known event.
   *
   * @param text the line
   * @param time when it was printed, if it tells
   * @return whether a further run of QEMU begins with it
   */
  boolean begins(TraceEvent event, Supplier<String> text, @Nullable Instant time) {
    boolean first = event == TraceEvent.SMMU_ADD_MR && region(text.get()) == 0;
    boolean further = begun && (first || (event.makesMachine() && earlier(time)));
    begun = true;
    latest = further ? null : latest;
    latest = time == null ? latest : time;
    return further;
  }

  private boolean earlier(@Nullable Instant time) {
    Instant before = latest;
    return time != null
        && before != null
        && time.isBefore(before.minus(Duration.ofSeconds(TraceLimits.CLOCK_STEP_SECONDS)));
  }

  private static long region(String text) {
    Matcher matcher = REGION.matcher(text);
    return matcher.find() && matcher.group(1).length() < 10
        ? Long.parseLong(matcher.group(1))
        : TraceLine.NONE;
  }
}
