package io.vsmmu.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command line up to the word that is completed.
 *
 * @param command the innermost command that it names
 * @param positionals the values of its positional parameters so far
 * @param url the value of {@code --url}, null without one
 * @param before the part of the last word that stays as it is: {@code --ats=} of {@code --ats=o}
 * @param word the beginning of what is completed, behind that
 * @param option the option whose value the word is, null for none
 */
record PartialLine(
    CommandSpec command,
    List<String> positionals,
    @Nullable String url,
    String before,
    String word,
    @Nullable OptionSpec option) {

  private static final String EQUALS = "=";

  private static final String URL = "--url";

  /**
   * Reads the words of a line.
   *
   * @param index of the word that is completed, from 0; none is there for the number of words
   */
  static PartialLine of(CommandSpec root, List<String> words, int index) {
    int end = Math.clamp(index, 0, words.size());
    CommandSpec command = root;
    List<String> positionals = new ArrayList<>();
    String url = null;
    OptionSpec option = null;
    for (String word : words.subList(0, end)) {
      if (option != null) {
        url = option.longestName().equals(URL) ? word : url;
        option = null;
      } else if (word.startsWith("-")) {
        option = optionWithValue(command, word);
        url = word.startsWith(URL + EQUALS) ? word.substring(URL.length() + 1) : url;
      } else {
        CommandLine sub = positionals.isEmpty() ? command.subcommands().get(word) : null;
        if (sub == null) {
          positionals.add(word);
        } else {
          command = sub.getCommandSpec();
        }
      }
    }
    String word = end < words.size() ? words.get(end) : "";
    int equals = option == null && word.startsWith("-") ? word.indexOf(EQUALS) : -1;
    if (equals > 0) {
      OptionSpec valued = optionWithValue(command, word.substring(0, equals));
      if (valued != null) {
        return new PartialLine(
            command,
            positionals,
            url,
            word.substring(0, equals + 1),
            word.substring(equals + 1),
            valued);
      }
    }
    return new PartialLine(command, positionals, url, "", word, option);
  }

  /** The option that a word names, if its value is the next word. */
  private static @Nullable OptionSpec optionWithValue(CommandSpec command, String word) {
    OptionSpec option = word.contains(EQUALS) ? null : command.findOption(word);
    return option == null || option.arity().max() == 0 ? null : option;
  }

  /** What the word is a value of; empty for an option or a command. */
  Optional<ArgSpec> argument() {
    if (option != null) {
      return Optional.of(option);
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      if (parameter.index().contains(positionals.size())) {
        return Optional.of(parameter);
      }
    }
    return Optional.empty();
  }
}
