package io.vsmmu.cli.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The query of a URL, percent-encoded, with its question mark; empty without parameters. */
public final class UrlQuery {

  private final StringJoiner pairs = new StringJoiner("&", "?", "").setEmptyValue("");

  /** Adds a parameter unless the value is null. */
  public UrlQuery with(String name, @Nullable Object value) {
    if (value != null) {
      pairs.add(encode(name) + "=" + encode(value.toString()));
    }
    return this;
  }

  /** Percent-encodes a text as one segment of a path. */
  public static String segment(Object text) {
    return encode(text.toString()).replace("+", "%20");
  }

  @Override
  public String toString() {
    return pairs.toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
