package io.vsmmu.cli.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A successful answer.
 *
 * @param text the body, unchanged
 * @param body the same, parsed
 * @param location the header, null if there is none
 * @param etag the header, null if there is none
 */
public record Reply(String text, JsonNode body, @Nullable String location, @Nullable String etag) {

  /** The {@code Location} header, if the answer has one. */
  public Optional<String> findLocation() {
    return Optional.ofNullable(location);
  }
}
