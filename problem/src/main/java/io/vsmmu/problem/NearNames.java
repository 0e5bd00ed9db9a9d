package io.vsmmu.problem;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Names that are similar to a mistyped one, for what a problem advises. */
public final class NearNames {

  /** The largest number of names that are returned. */
  private static final int MOST = 3;

  /**
   * Longer texts are not compared: they are not typed by hand, and comparing costs the square of
   * the length.
   */
  private static final int LONGEST = 100;

  /** From this length on two characters may differ, for example two that were swapped. */
  private static final int SHORT = 4;

  private static final int PART_OF_LENGTH = 3;

  private NearNames() {}

  private record Near(String name, int distance) {}

  /**
   * The names that may have been meant, at most three, the closest first; upper and lower case are
   * the same. Near is what differs in few characters, and what begins as it was typed.
   *
   * @param given what does not exist
   * @param known what exists
   */
  public static List<String> of(String given, Collection<String> known) {
    if (given.isEmpty() || given.length() > LONGEST) {
      return List.of();
    }
    String typed = given.toLowerCase(Locale.ROOT);
    int most = given.length() < SHORT ? 1 : Math.max(2, given.length() / PART_OF_LENGTH);
    LevenshteinDistance distance = new LevenshteinDistance(most);
    List<Near> near = new ArrayList<>();
    for (String name : known) {
      String lower = name.toLowerCase(Locale.ROOT);
      int differs = lower.length() > LONGEST ? -1 : distance.apply(typed, lower);
      boolean begins = typed.length() > 1 && lower.startsWith(typed);
      if (differs >= 0 && differs < Math.max(typed.length(), 2)) {
        near.add(new Near(name, differs));
      } else if (begins) {
        near.add(new Near(name, most + 1));
      }
    }
    int best = near.stream().mapToInt(Near::distance).min().orElse(0);
    return near.stream()
        .filter(it -> it.distance() <= (best == 0 ? 0 : best + 1))
        .sorted(Comparator.comparingInt(Near::distance))
        .limit(MOST)
        .map(Near::name)
        .toList();
  }

  /** The same names with the near ones first. */
  public static List<String> first(String given, Collection<String> known) {
    List<String> ordered = new ArrayList<>(of(given, known));
    known.stream().filter(name -> !ordered.contains(name)).forEach(ordered::add);
    return ordered;
  }

  /** {@code ; did you mean 'a' or 'b'?}, or nothing when no name is near. */
  public static String question(String given, Collection<String> known) {
    List<String> near = of(given, known);
    return near.isEmpty()
        ? ""
        : near.stream()
            .map(name -> "'" + name + "'")
            .collect(Collectors.joining(" or ", "; did you mean ", "?"));
  }
}
