package io.vsmmu.db.log;

import java.util.regex.Pattern;

/** How bookmarks are named, and how a name is written where a position is asked for. */
public final class BookmarkName {

  /** The greatest length of a bookmark in characters. */
  public static final int CHARS = 128;

  /** What a name may consist of, for a problem. */
  public static final String ALLOWED =
      "at most " + CHARS + " letters, digits, '.', '_' and '-', the first a letter or a digit";

  /** Stands before a name that is written instead of a position: {@code @nic-stops}. */
  public static final String MARK = "@";

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0," + (CHARS - 1) + "}");

  private BookmarkName() {}

  /** Whether a moment may be named so. */
  public static boolean isAllowed(String name) {
    return NAME.matcher(name).matches();
  }
}
