package io.vsmmu.rest.value;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads the text of a number, which JSON may hold as a number or, if it is hexadecimal, as a
 * string.
 */
public final class NumberText extends ValueDeserializer<String> {

  @Override
  public String deserialize(JsonParser parser, DeserializationContext context) {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT) {
      return parser.getString();
    }
    return (String) context.handleUnexpectedToken(String.class, parser);
  }
}
