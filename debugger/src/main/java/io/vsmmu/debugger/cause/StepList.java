package io.vsmmu.debugger.cause;

import io.vsmmu.debugger.cause.ChainStep.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a chain. Of parts of which there are too many it keeps the first {@link
 * CauseLimits#PARTS}, those that were asked for, and what failed; in place of the others stands one
 * step with their numbers. Not thread-safe.
 */
final class StepList {

  /** Whether nothing is left out but by {@link CauseLimits#ALL_STEPS}. */
  private final boolean whole;

  private final int most;
  private final List<Place> places = new ArrayList<>();

  /** By what is counted together: the parts of one event, or all of their kind. */
  private final Map<Counted, Parts> parts = new HashMap<>();

  private long position;
  private int kept;

  /** Parts of what was asked for that are kept. */
  private int askedParts;

  private int omitted;

  /**
   * @param whole whether the parts that are otherwise given as numbers are kept
   */
  StepList(boolean whole) {
    this.whole = whole;
    this.most = whole ? CauseLimits.ALL_STEPS : CauseLimits.STEPS;
  }

  /** A step, or in place of steps that are left out their numbers. */
  private sealed interface Place {}

  private record Kept(ChainStep step) implements Place {}

  private record LeftOut(ChainStep first, Map<String, Integer> numbers) implements Place {}

  /**
   * Parts that are counted together: commands and what the guest sees of one event, host calls of
   * one kind, and streams of all events, whose position is 0.
   */
  private record Counted(Kind kind, long position, String part) {}

  private static final class Parts {
    private int shown;
    private @Nullable LeftOut leftOut;
  }

  /** Begins with the steps of the event at a position. */
  void begin(long atPosition) {
    position = atPosition;
  }

  /**
   * Adds a step of the event.
   *
   * @param part what it is counted as, null if it is no part of which there can be many
   * @param asked whether it is of the event that was asked for
   */
  void add(ChainStep step, @Nullable String part, boolean asked) {
    boolean each = step.kind() == Kind.COMMAND || step.kind() == Kind.GUEST_SEES;
    boolean calls = step.kind() == Kind.HOST_CALL || step.kind() == Kind.RECORDED_CALL;
    Parts counted =
        part == null
            ? null
            : parts.computeIfAbsent(
                new Counted(step.kind(), each ? position : 0, calls ? part : ""), _ -> new Parts());
    // The event that was asked for may have many parts itself.
    boolean wanted = asked && askedParts < CauseLimits.PARTS;
    boolean shown = counted == null || whole || wanted || counted.shown < CauseLimits.PARTS;
    if (shown && (kept < most || wanted)) {
      places.add(new Kept(step));
      kept++;
      if (counted != null) {
        counted.shown++;
        askedParts += asked ? 1 : 0;
      }
    } else {
      omitted++;
      leaveOut(step, part == null ? "step" : part, counted);
    }
  }

  private void leaveOut(ChainStep step, String part, @Nullable Parts counted) {
    if (counted == null) {
      return;
    }
    LeftOut place = counted.leftOut;
    if (place == null) {
      place = new LeftOut(step, new LinkedHashMap<>());
      counted.leftOut = place;
      places.add(place);
    }
    place.numbers().merge(part, 1, Integer::sum);
  }

  /** The steps in order. */
  List<ChainStep> steps() {
    return places.stream()
        .map(
            place ->
                switch (place) {
                  case Kept it -> it.step();
                  case LeftOut it -> summary(it);
                })
        .toList();
  }

  /** The number of steps that are left out. */
  int omitted() {
    return omitted;
  }

  private static ChainStep summary(LeftOut it) {
    String kinds =
        it.numbers().entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .limit(CauseLimits.KINDS_OF_PARTS)
            .map(number -> "%d x %s".formatted(number.getValue(), number.getKey()))
            .collect(Collectors.joining(", "));
    int more = it.numbers().size() - CauseLimits.KINDS_OF_PARTS;
    int all = it.numbers().values().stream().mapToInt(Integer::intValue).sum();
    return new ChainStep(
        it.first().kind(),
        it.first().position(),
        it.first().time(),
        it.first().micros(),
        null,
        null,
        false,
        "%d more: %s%s".formatted(all, kinds, more > 0 ? " and others" : ""));
  }
}
