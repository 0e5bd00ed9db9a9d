package io.vsmmu.transparency;

/** The rule of signed-note for names of keys. */
final class KeyNames {

  private KeyNames() {}

  /**
   * Returns a name that is allowed: not empty, without Unicode spaces, plus and control characters.
   */
  static String check(String name) throws MalformedNoteException {
    if (name.isEmpty()
        || name.length() > TransparencyLimits.NAME_CHARS
        || name.indexOf('+') >= 0
        || name.codePoints()
            .anyMatch(
                c ->
                    Character.isWhitespace(c)
                        || Character.isSpaceChar(c)
                        || c < ' '
                        || c == 0x85)) {
      throw new MalformedNoteException(
          "the name of a key has 1 to %d characters, without spaces and '+', not '%s'"
              .formatted(TransparencyLimits.NAME_CHARS, name));
    }
    return name;
  }
}
