package io.vsmmu.recordings.qemu;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the line at which a further run of QEMU begins in a file to which several runs were
 * appended. Two signs show it: smmu_add_mr numbers the memory regions of an SMMU from 0 within a
 * process, and the times of one process do not go back. That the id of a kernel object is used
 * again is no sign, because the line that freed the object may be missing.
 */
final class QemuRunDetector {

  /** smmu_add_mr: the name ends with a number that counts up from 0. */
  private static final Pattern REGION = Pattern.compile("-(\\d+)\\s*$");

  private boolean begun;
  private @Nullable Instant latest;

  /**
   * Takes the next line of a known event.
   *
   * @param text the line; asked for only if it is needed
   * @param time when it was printed; null if the line has no time
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
