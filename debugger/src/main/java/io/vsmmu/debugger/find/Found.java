package io.vsmmu.debugger.find;

import io.vsmmu.debugger.find.FindAnswer.Hit;
import io.vsmmu.debugger.find.FindAnswer.Run;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found in one part of a log.
 *
 * @param hits in the order of positions, at most as many as are wanted
 * @param found the number of all hits
 * @param holding events at which the condition holds
 * @param endsWithHit whether the newest hit is the last of {@code hits}
 * @param continued the run that had begun before the part; null if there is none
 * @param counts by interval, if they are wanted
 */
record Found(
    List<Hit> hits,
    long found,
    long holding,
    boolean endsWithHit,
    @Nullable Run continued,
    IntervalCounts counts) {}
