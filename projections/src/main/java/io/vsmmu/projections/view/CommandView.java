package io.vsmmu.projections.view;

import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.bits.FieldTable.Field;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Shows a command queue entry by its name and fields. */
public final class CommandView {

  private static final CommandEntry ALL_BITS = new CommandEntry(-1L, -1L);

  /** Name of a command whose opcode the recording does not contain; part of the REST interface. */
  private static final String NOT_TOLD = "NOT_TOLD";

  private CommandView() {}

  /**
   * An entry as {@code index}, {@code name} and {@code fields}. If every field is known, {@code
   * words} follows, else {@code unknown} with the names of the fields that are not.
   *
   * @param index of the entry within its slice
   * @param known mask of the bits of the entry that are known
   */
  public static SequencedMap<String, @Nullable Object> of(
      int index, CommandEntry entry, CommandEntry known) {
    TreeBuilder tree =
        new TreeBuilder()
            .put("index", index)
            .put("name", opcodeKnown(known) ? entry.name() : NOT_TOLD);
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    Optional<FieldTable> table = entry.command().map(CommandOpcode::fields);
    if (!opcodeKnown(known)) {
      unknown.add(CommandFields.OPCODE.name());
    } else if (table.isPresent()) {
      for (Field field : table.get().fields()) {
        if (knows(known, field)) {
          fields.put(field.name(), Hex.field(field, entry.word0(), entry.word1()));
        } else {
          unknown.add(field.name());
        }
      }
    } else {
      fields.putAll(entry.decoded());
    }
    tree.put("fields", fields);
    if (unknown.isEmpty()) {
      tree.put("words", Hex.words(entry.word0(), entry.word1()));
    } else {
      tree.put("unknown", unknown);
    }
    return tree.build();
  }

  /** Whether a mask includes every bit of the opcode. */
  public static boolean opcodeKnown(CommandEntry known) {
    return known.opcode() == ALL_BITS.opcode();
  }

  /**
   * The mask for an entry of a slice. The list of masks may be shorter than the slice: entries
   * beyond its end are completely known.
   */
  public static CommandEntry knownBits(List<CommandEntry> known, int index) {
    return index < known.size() ? known.get(index) : ALL_BITS;
  }

  private static boolean knows(CommandEntry known, Field field) {
    long mask = field.bits().mask();
    long word = field.word() == 0 ? known.word0() : known.word1();
    return (word & mask) == mask;
  }
}
