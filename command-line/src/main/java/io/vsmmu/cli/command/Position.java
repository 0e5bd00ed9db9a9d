package io.vsmmu.cli.command;

import io.vsmmu.db.log.BookmarkName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.node.ObjectNode;

/**
 * A position in the log of all vSMMUs: its number, or a bookmark of the vSMMU that the command is
 * about.
 *
 * @param parameter the text in a request
 */
record Position(String parameter) {

  /** Where a log begins: in front of its first event. */
  static final Position START = new Position("0");

  /** How a position is written, for a refusal. */
  static final String ALLOWED =
      "whole numbers from 0 to "
          + Long.MAX_VALUE
          + ", or a bookmark, as in "
          + BookmarkName.MARK
          + "nic-stops";

  /** Reads a whole number from 0 to 2^63 - 1, or the name of a bookmark behind its mark. */
  static final class Converter implements ITypeConverter<Position> {
    @Override
    public Position convert(String text) {
      if (isBookmark(text)) {
        if (BookmarkName.isAllowed(text.substring(BookmarkName.MARK.length()))) {
          return new Position(text);
        }
        throw new TypeConversionException(
            "'%s' is not the name of a bookmark; allowed: %s and %s"
                .formatted(text, BookmarkName.MARK, BookmarkName.ALLOWED));
      }
      try {
        long value = Long.parseLong(text);
        if (value >= 0) {
          return new Position(Long.toString(value));
        }
      } catch (NumberFormatException notANumber) {
        throw refused(text);
      }
      throw refused(text);
    }

    private static TypeConversionException refused(String text) {
      return new TypeConversionException(
          "'%s' is not a position; allowed: %s".formatted(text, ALLOWED));
    }
  }

  /** Whether a text is meant as a bookmark. */
  static boolean isBookmark(String text) {
    return text.startsWith(BookmarkName.MARK);
  }

  /** Sets a member of a request's body: a number, or the bookmark as it is written. */
  void putInto(ObjectNode body, String member) {
    if (isBookmark(parameter)) {
      body.put(member, parameter);
    } else {
      body.put(member, Long.parseLong(parameter));
    }
  }

  @Override
  public String toString() {
    return parameter;
  }
}
