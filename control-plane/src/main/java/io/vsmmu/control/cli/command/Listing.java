package io.vsmmu.control.cli.command;

import io.vsmmu.control.cli.output.Cells;
import io.vsmmu.control.cli.output.Table;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Chosen members of JSON objects as the columns of a table. */
final class Listing {

  private final List<String> members;

  /**
   * @param members names within each object; a dot leads into an object inside
   */
  Listing(String... members) {
    this.members = List.of(members);
  }

  Table of(JsonNode objects) {
    Table table = new Table(members.toArray(String[]::new));
    for (JsonNode object : objects) {
      table.row(members.stream().map(member -> Cells.of(find(object, member))).toList());
    }
    return table;
  }

  private static JsonNode find(JsonNode object, String member) {
    return object.at("/" + member.replace('.', '/'));
  }
}
