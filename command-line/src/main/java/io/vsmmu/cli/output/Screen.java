package io.vsmmu.cli.output;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The terminal that the answers go to.
 *
 * @param columns how many characters a line has room for
 */
public record Screen(int columns) {

  /** The system property with what the launcher measured where standard output is a terminal. */
  public static final String MEASURED = "vsmmu.columns";

  /** Columns where nobody tells them: standard output is a pipe or a file. */
  public static final int WITHOUT_TERMINAL = 120;

  /** No layout is made for less. */
  public static final int NARROWEST = 60;

  private static final String VARIABLE = "COLUMNS";

  /** More digits are no terminal's width. */
  private static final int DIGITS = 6;

  /** The object behind the topmost command, if it knows the screen. */
  public interface Owner {
    Screen screen();
  }

  /**
   * As wide as {@code COLUMNS} says, else as was measured, else {@link #WITHOUT_TERMINAL}; at least
   * {@link #NARROWEST}. What is no number is passed over.
   *
   * @param measured by the launcher, null where there is no terminal
   */
  public static Screen of(Map<String, String> environment, @Nullable String measured) {
    int told = number(environment.get(VARIABLE));
    int width = told > 0 ? told : number(measured);
    return new Screen(width > 0 ? Math.max(NARROWEST, width) : WITHOUT_TERMINAL);
  }

  /** The screen of a command's command line. */
  public static Screen of(CommandSpec command) {
    return command.root().userObject() instanceof Owner owner
        ? owner.screen()
        : new Screen(WITHOUT_TERMINAL);
  }

  /** The number, 0 if it is none. */
  private static int number(@Nullable String text) {
    boolean isNumber =
        text != null
            && !text.isEmpty()
            && text.length() <= DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? Integer.parseInt(text) : 0;
  }
}
