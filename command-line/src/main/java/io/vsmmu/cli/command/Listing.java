package io.vsmmu.cli.command;

import io.vsmmu.cli.output.Cells;
import io.vsmmu.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Chosen members of JSON objects as the columns of a table, which give way as {@link Table}'s. */
final class Listing {

  private static final char GIVEN = '=';

  private record Column(String member, Consumer<Table> addTo) {}

  private final List<Column> columns = new ArrayList<>();

  /**
   * @param members names within each object; a dot leads into an object inside, whose name the
   *     heading does not repeat; {@code heading=name} gives a heading
   */
  Listing plain(String... members) {
    for (String member : members) {
      columns.add(new Column(member, table -> table.plain(heading(member))));
    }
    return this;
  }

  Listing extra(String... members) {
    for (String member : members) {
      columns.add(new Column(member, table -> table.extra(heading(member))));
    }
    return this;
  }

  Listing text(String... members) {
    for (String member : members) {
      columns.add(new Column(member, table -> table.text(heading(member))));
    }
    return this;
  }

  Listing data(String... members) {
    for (String member : members) {
      columns.add(new Column(member, table -> table.data(heading(member))));
    }
    return this;
  }

  Table of(JsonNode objects) {
    Table table = new Table();
    columns.forEach(column -> column.addTo().accept(table));
    for (JsonNode object : objects) {
      table.row(columns.stream().map(column -> Cells.of(find(object, column.member()))).toList());
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
