package io.vsmmu.cli.output;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The change of a field as people read it, {@code V 0 -> 1}; the service has it as an object with
 * {@code field}, {@code before} and {@code after}.
 */
public final class Changes {

  private static final String FIELD = "field";
  private static final String BEFORE = "before";
  private static final String AFTER = "after";
  private static final Set<String> MEMBERS = Set.of(FIELD, BEFORE, AFTER);

  /** Whose field it is; a column of its own. */
  static final String ITEM = "item";

  private Changes() {}

  /** Whether the value has the shape of a change, and nothing else in it. */
  static boolean isChange(JsonNode value) {
    return value.isObject() && value.size() == MEMBERS.size() && hasMembers(value);
  }

  /** Whether the value is a list of nothing but changes, perhaps each of an item. */
  static boolean areChanges(JsonNode value) {
    return value.isArray()
        && !value.isEmpty()
        && value.valueStream().allMatch(Changes::isChangeOfAnItem);
  }

  private static boolean isChangeOfAnItem(JsonNode value) {
    boolean named = value.isObject() && value.size() == MEMBERS.size() + 1 && value.has(ITEM);
    return isChange(value) || (named && hasMembers(value));
  }

  private static boolean hasMembers(JsonNode value) {
    return MEMBERS.stream().allMatch(value::has);
  }

  /** The change in one line; {@code -} stands for what was or is not there. */
  public static String of(JsonNode change) {
    String field = change.path(FIELD).asString("");
    return (field.isEmpty() ? "" : Cells.of(change.path(FIELD)) + " ")
        + Cells.of(change.path(BEFORE))
        + " -> "
        + Cells.of(change.path(AFTER));
  }
}
