package io.vsmmu.cli.output;

import tools.jackson.databind.JsonNode;

/** An event in one line, for a list that does not end. */
public final class EventLine {

  private static final int POSITION_COLUMNS = 9;
  private static final int TYPE_COLUMNS = 21;

  private EventLine() {}

  /**
   * Position, time, type and data.
   *
   * @param width in columns; {@link Table#WIDE} for no limit
   */
  public static String of(JsonNode event, int width) {
    String line =
        DisplayText.pad(CellText.of(event.path("position")), POSITION_COLUMNS)
            + " "
            + CellText.of(event.path("time"))
            + " "
            + DisplayText.pad(CellText.of(event.path("type")), TYPE_COLUMNS)
            + " "
            + CellText.of(event.path("data"));
    return width == Table.WIDE ? line : DisplayText.cut(line, width);
  }
}
