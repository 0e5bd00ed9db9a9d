package io.vsmmu.cli.output;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The terminal on which answers are printed.
 *
 * @param columns characters in a line, at least {@link #NARROWEST}
 */
public record Screen(int columns) {

  /**
   * The system property with the width that the launcher measured if standard output is a terminal.
   */
  public static final String MEASURED = "vsmmu.columns";

  /** Columns when the width is unknown, because standard output is a pipe or a file. */
  public static final int WITHOUT_TERMINAL = 120;

  /** Fewer columns are treated as this many: narrower tables could not be read. */
  public static final int NARROWEST = 60;

  private static final String VARIABLE = "COLUMNS";

  /** Longer numbers are ignored: no terminal is that wide, and they could exceed an int. */
  private static final int DIGITS = 6;

  /**
   * Implemented by the user object of the topmost command, from which the others get the screen.
   */
  public interface Owner {
    Screen screen();
  }

  /**
   * The width is {@code COLUMNS}, else what was measured, else {@link #WITHOUT_TERMINAL}; at least
   * {@link #NARROWEST}. A text that is no number is ignored.
   *
   * @param measured by the launcher; null without a terminal
   */
  public static Screen of(Map<String, String> environment, @Nullable String measured) {
    int configured = number(environment.get(VARIABLE));
    int width = configured > 0 ? configured : number(measured);
    return new Screen(width > 0 ? Math.max(NARROWEST, width) : WITHOUT_TERMINAL);
  }

  /** The screen of a command's command line. */
  public static Screen of(CommandSpec command) {
    return command.root().userObject() instanceof Owner owner
        ? owner.screen()
        : new Screen(WITHOUT_TERMINAL);
  }

  /** The number; 0 if the text is none. */
  private static int number(@Nullable String text) {
    boolean isNumber =
        text != null
            && !text.isEmpty()
            && text.length() <= DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? Integer.parseInt(text) : 0;
  }
}
