package io.vsmmu.cli.command;

import io.vsmmu.cli.output.CellText;
import io.vsmmu.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * A table whose columns are chosen members of JSON objects. The kinds of columns are those of
 * {@link Table}.
 */
final class JsonTable {

  private static final char GIVEN = '=';

  private record Column(String member, Consumer<Table> addTo) {}

  private final List<Column> columns = new ArrayList<>();

  /**
   * @param members names within each object; a dot separates the name of an inner object, which is
   *     not part of the heading; {@code heading=name} gives another heading
   */
  JsonTable plain(String... members) {
    for (String member : members) {
      columns.add(new Column(member, table -> table.plain(heading(member))));
    }
    return this;
  }

  JsonTable extra(String... members) {
    for (String member : members) {
      columns.add(new Column(member, table -> table.extra(heading(member))));
    }
    return this;
  }

  JsonTable text(String... members) {
    for (String member : members) {
      columns.add(new Column(member, table -> table.text(heading(member))));
    }
    return this;
  }

  JsonTable data(String... members) {
    for (String member : members) {
      columns.add(new Column(member, table -> table.data(heading(member))));
    }
    return this;
  }

  Table of(JsonNode objects) {
    Table table = new Table();
    columns.forEach(column -> column.addTo().accept(table));
    for (JsonNode object : objects) {
      table.row(
          columns.stream().map(column -> CellText.of(find(object, column.member()))).toList());
    }
    return table;
  }

  private static String heading(String member) {
    int given = member.indexOf(GIVEN);
    return given < 0 ? member.substring(member.lastIndexOf('.') + 1) : member.substring(0, given);
  }

  private static JsonNode find(JsonNode object, String member) {
    String path = member.substring(member.indexOf(GIVEN) + 1);
    return object.at("/" + path.replace('.', '/'));
  }
}
