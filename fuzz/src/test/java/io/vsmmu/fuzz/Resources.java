package io.vsmmu.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The product's own files that inputs are made of. */
final class Resources {

  /** Words that more inputs have than one. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z_:]{2,40}");

  private static final int WORDS = 200;

  private Resources() {}

  static byte[] bytes(String name) {
    try (InputStream in = Resources.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not among the resources");
      }
      return in.readAllBytes();
    } catch (IOException failed) {
      throw new UncheckedIOException(name, failed);
    }
  }

  static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  /** The first words of a text, each once. */
  static List<String> words(String text) {
    Set<String> words = new LinkedHashSet<>();
    var found = WORD.matcher(text);
    while (words.size() < WORDS && found.find()) {
      words.add(found.group());
    }
    return List.copyOf(words);
  }
}
