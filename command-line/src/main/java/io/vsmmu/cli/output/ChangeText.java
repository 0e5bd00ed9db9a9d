package io.vsmmu.cli.output;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The change of a field as text, {@code V 0 -> 1}. In the answers of the service it is an object
 * with the members {@code field}, {@code before} and {@code after}.
 */
public final class ChangeText {

  private static final String FIELD = "field";
  private static final String BEFORE = "before";
  private static final String AFTER = "after";
  private static final Set<String> MEMBERS = Set.of(FIELD, BEFORE, AFTER);

  /** The member that names the object whose field changed; it becomes a column. */
  static final String ITEM = "item";

  private ChangeText() {}

  /** Whether the value is an object with exactly the members of a change. */
  static boolean isChange(JsonNode value) {
    return value.isObject() && value.size() == MEMBERS.size() && hasMembers(value);
  }

  /** Whether the value is a list of changes only, each with or without the member {@code item}. */
  static boolean areChanges(JsonNode value) {
    return value.isArray()
        && !value.isEmpty()
        && value.valueStream().allMatch(ChangeText::isChangeOfAnItem);
  }

  private static boolean isChangeOfAnItem(JsonNode value) {
    boolean named = value.isObject() && value.size() == MEMBERS.size() + 1 && value.has(ITEM);
    return isChange(value) || (named && hasMembers(value));
  }

  private static boolean hasMembers(JsonNode value) {
    return MEMBERS.stream().allMatch(value::has);
  }

  /** The change in one line; {@code -} stands for a value that is null or missing. */
  public static String of(JsonNode change) {
    String field = change.path(FIELD).asString("");
    return (field.isEmpty() ? "" : CellText.of(change.path(FIELD)) + " ")
        + CellText.of(change.path(BEFORE))
        + " -> "
        + CellText.of(change.path(AFTER));
  }
}
