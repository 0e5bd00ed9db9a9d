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
 * @param word the beginning of the word that is completed
 * @param option the option whose value the word is, null for none
 */
record PartialLine(
    CommandSpec command,
    List<String> positionals,
    @Nullable String url,
    String word,
    @Nullable OptionSpec option) {

  /** bash makes a word of its own of the {@code =} in {@code --option=value}. */
  private static final String EQUALS = "=";

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
        if (!word.equals(EQUALS)) {
          url = option.longestName().equals("--url") ? word : url;
          option = null;
        }
      } else if (word.startsWith("-")) {
        option = optionWithValue(command, word);
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
    return new PartialLine(
        command, positionals, url, word.equals(EQUALS) && option != null ? "" : word, option);
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
