package io.vsmmu.rest.access;

import java.util.HexFormat;

/** The names of clients that others have named. */
final class Subjects {

  private static final int HASH_BYTES = 8;

  private Subjects() {}

  /**
   * The kind and the name, without control characters. The prefix keeps an issuer from naming a
   * client as another kind of credential does.
   */
  static String of(String kind, String name) {
    String subject = kind + ":" + name.replaceAll("\\p{Cntrl}", "?");
    if (subject.length() <= AccessLimits.SUBJECT_CHARS) {
      return subject;
    }
    String hash = HexFormat.of().formatHex(Secrets.hash(subject), 0, HASH_BYTES);
    return subject.substring(0, AccessLimits.SUBJECT_CHARS - hash.length() - 1) + "~" + hash;
  }
}
