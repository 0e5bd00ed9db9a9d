package io.vsmmu.rest.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/** Random secrets of 256 bits, their hashes, and texts without them. */
public final class Secrets {

  /** What each secret of this service begins with, so that scanners of texts recognize it. */
  static final String PREFIX = "vsmmu_";

  /** What a one-time code begins with. */
  static final String CODE_PREFIX = PREFIX + "code_";

  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Secrets of this service, and signed tokens (RFC 7519) of others. */
  private static final Pattern SECRET =
      Pattern.compile(
          "vsmmu_(?:code_)?[A-Za-z0-9_-]{20,}|eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

  private static final String REMOVED = "(a secret)";

  private Secrets() {}

  /** A new secret: the prefix and 43 characters that any header, shell and URL takes. */
  static String random(String prefix) {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** SHA-256. A secret of 256 random bits needs no salt and no slow hash. */
  static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The text with each secret replaced, for logs and the audit. */
  public static String removed(String text) {
    return SECRET.matcher(text).replaceAll(REMOVED);
  }
}
