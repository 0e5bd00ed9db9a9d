package io.vsmmu.debugger.cause;

import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.CommandFields;
import java.util.Map;
import java.util.SequencedMap;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A command of a slice as one line for people. */
final class CommandText {

  private CommandText() {}

  /** Name and fields of a command, without its opcode and narrow fields that are 0. */
  static String of(CommandsConsumed slice, int entry) {
    SequencedMap<String, @Nullable Object> command =
        CommandView.of(
            entry, slice.entries().get(entry), CommandView.knownBits(slice.known(), entry));
    StringJoiner text = new StringJoiner(" ");
    text.add(String.valueOf(command.get("name")));
    if (command.get("fields") instanceof Map<?, ?> fields) {
      fields.forEach(
          (name, value) -> {
            if (!Long.valueOf(0).equals(value) && !name.equals(CommandFields.OPCODE.name())) {
              text.add(name + "=" + value);
            }
          });
    }
    if (command.get("unknown") instanceof Iterable<?> unknown) {
      StringJoiner names = new StringJoiner(", ", "(not recorded: ", ")");
      unknown.forEach(name -> names.add(String.valueOf(name)));
      text.add(names.toString());
    }
    return text.toString();
  }
}
