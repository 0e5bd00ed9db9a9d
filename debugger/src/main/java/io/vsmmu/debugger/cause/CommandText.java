package io.vsmmu.debugger.cause;

import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.CommandFields;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A command of a slice as one line for people. */
final class CommandText {

  /** What a list leaves out: how the command is carried out, not what it is about. */
  private static final Set<String> DETAILS =
      Stream.of(
              CommandFields.OPCODE,
              CommandFields.SSEC,
              CommandFields.SSV,
              CommandFields.LEAF1,
              CommandFields.TTL1,
              CommandFields.TTL128_1,
              CommandFields.TG1,
              CommandFields.CS,
              CommandFields.MSH,
              CommandFields.MSI_ATTR,
              CommandFields.MSI_DATA,
              CommandFields.MSI_ADDRESS1)
          .map(Bits::name)
          .collect(Collectors.toUnmodifiableSet());

  private CommandText() {}

  /** Name of a command. */
  static String name(CommandsConsumed slice, int entry) {
    return String.valueOf(
        CommandView.of(
                entry, slice.entries().get(entry), CommandView.knownBits(slice.known(), entry))
            .get("name"));
  }

  /** Name and fields of a command, without its opcode and narrow fields that are 0. */
  static String of(CommandsConsumed slice, int entry) {
    SequencedMap<String, @Nullable Object> command = command(slice, entry);
    StringJoiner text = joined(command, Set.of(CommandFields.OPCODE.name()));
    if (command.get("unknown") instanceof Iterable<?> unknown) {
      StringJoiner names = new StringJoiner(", ", "(not recorded: ", ")");
      unknown.forEach(name -> names.add(String.valueOf(name)));
      text.add(names.toString());
    }
    return text.toString();
  }

  /** Name of a command and what it is about, for a list in which there is little room. */
  static String operands(CommandsConsumed slice, int entry) {
    return joined(command(slice, entry), DETAILS).toString();
  }

  private static SequencedMap<String, @Nullable Object> command(CommandsConsumed slice, int entry) {
    return CommandView.of(
        entry, slice.entries().get(entry), CommandView.knownBits(slice.known(), entry));
  }

  private static StringJoiner joined(
      SequencedMap<String, @Nullable Object> command, Set<String> without) {
    StringJoiner text = new StringJoiner(" ");
    text.add(String.valueOf(command.get("name")));
    if (command.get("fields") instanceof Map<?, ?> fields) {
      fields.forEach(
          (name, value) -> {
            if (!Long.valueOf(0).equals(value) && !without.contains(String.valueOf(name))) {
              text.add(name + "=" + value);
            }
          });
    }
    return text;
  }
}
