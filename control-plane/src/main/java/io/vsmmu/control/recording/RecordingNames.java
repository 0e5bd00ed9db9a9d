package io.vsmmu.control.recording;

import io.vsmmu.control.request.VsmmuNames;
import io.vsmmu.problem.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the names of the vSMMUs of a recording. A file {@code boot.trace.log.gz} with one vSMMU
 * gives {@code boot}, with several {@code boot-a}, {@code boot-b} and so on in the order of their
 * first access; so does a name that is asked for. Several names with commas between them name the
 * vSMMUs one by one.
 */
final class RecordingNames {

  /** The name for a recording without a file name. */
  static final String DEFAULT = "recording";

  private static final Pattern ENDINGS = Pattern.compile("(\\.(gz|zst|zstd|log|trace|txt|out))+$");

  /**
   * Characters of a file name that are kept; the others are for the suffixes of several vSMMUs and
   * taken names.
   */
  private static final int STEM_CHARS = 48;

  private static final int LETTERS = 26;

  private RecordingNames() {}

  /** Why requested names are not allowed; empty if they are. */
  static Optional<RecordingResult.Refused> refusal(
      @Nullable String asked, RecordingService.Format format) {
    if (asked == null) {
      return Optional.empty();
    }
    boolean one = format == RecordingService.Format.VSMMU;
    for (String name : one ? new String[] {asked} : asked.split(",", -1)) {
      if (!VsmmuNames.allows(name)) {
        return Optional.of(
            new RecordingResult.Refused(
                new Problem(
                    "name",
                    name,
                    VsmmuNames.ALLOWED_TEXT + (one ? "; an export is of one vSMMU" : ""))));
      }
    }
    return Optional.empty();
  }

  /**
   * Names for {@code count} vSMMUs.
   *
   * @param asked one name, or several with commas between them; null for names after the file
   * @param file the file's name; null if it has none
   */
  static List<String> of(@Nullable String asked, @Nullable String file, int count) {
    List<String> given = asked == null ? List.of() : List.of(asked.split(",", -1));
    String stem = given.isEmpty() ? stem(file) : given.getLast();
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                i < given.size() && given.size() > 1
                    ? given.get(i)
                    : count == 1 ? stem : stem + "-" + letters(i))
        .toList();
  }

  private static String stem(@Nullable String file) {
    if (file == null) {
      return DEFAULT;
    }
    String last = file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    String lower = last.toLowerCase(Locale.ROOT);
    String bare = ENDINGS.matcher(lower).replaceFirst("");
    String allowed = bare.replaceAll("[^a-z0-9._-]+", "-");
    String cut = allowed.substring(0, Math.min(allowed.length(), STEM_CHARS));
    String name = cut.replaceAll("^[^a-z0-9]+|[^a-z0-9]+$", "");
    return name.isEmpty() ? DEFAULT : VsmmuNames.forRecording(name);
  }

  private static String letters(int index) {
    String last = String.valueOf((char) ('a' + index % LETTERS));
    return index < LETTERS ? last : letters(index / LETTERS - 1) + last;
  }
}
