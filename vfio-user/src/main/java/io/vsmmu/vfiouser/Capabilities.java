package io.vsmmu.vfiouser;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a VMM proposes in its VERSION.
 *
 * @param transfer most bytes of data that a message to it may carry, at most {@link
 *     ProtocolLimits#TRANSFER}
 * @param names the capabilities that it knows: those in our reply are among them
 */
record Capabilities(int transfer, Set<String> names) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final String CAPABILITIES = "capabilities";
  private static final String WRITE_MULTIPLE = "write_multiple";
  private static final String MAX_TRANSFER = "max_data_xfer_size";
  private static final String MAX_DESCRIPTORS = "max_msg_fds";
  private static final String MAX_DMA_MAPS = "max_dma_maps";

  private static final List<String> BY_USE =
      List.of(WRITE_MULTIPLE, MAX_TRANSFER, MAX_DESCRIPTORS, MAX_DMA_MAPS);

  /** What holds for a VMM that says nothing. */
  private static final Capabilities DEFAULT = new Capabilities(ProtocolLimits.TRANSFER, Set.of());

  /**
   * Reads the JSON of a VERSION; capabilities that we do not know are left alone.
   *
   * @return null when it is malformed
   */
  static @Nullable Capabilities parse(String json) {
    if (json.isEmpty()) {
      return DEFAULT;
    }
    try {
      JsonNode root = JSON.readTree(json);
      JsonNode node = root.path(CAPABILITIES);
      if (node.isMissingNode() && root.isObject()) {
        return DEFAULT;
      }
      return node.isObject() && wellTyped(node) ? of(node) : null;
    } catch (JacksonException malformed) {
      return null;
    }
  }

  private static boolean wellTyped(JsonNode node) {
    return count(node, MAX_TRANSFER)
        && count(node, MAX_DESCRIPTORS)
        && count(node, MAX_DMA_MAPS)
        && (!node.has(WRITE_MULTIPLE) || node.path(WRITE_MULTIPLE).isBoolean());
  }

  private static boolean count(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return value.isMissingNode()
        || (value.isIntegralNumber() && value.canConvertToLong() && value.asLong() > 0);
  }

  private static Capabilities of(JsonNode node) {
    long transfer = node.path(MAX_TRANSFER).asLong(ProtocolLimits.TRANSFER);
    return new Capabilities(
        (int) Math.min(transfer, ProtocolLimits.TRANSFER), Set.copyOf(node.propertyNames()));
  }

  /**
   * Our side: as many capabilities as fit, the most useful first, of those that were proposed.
   *
   * @param room bytes
   * @return JSON and a NUL, at most {@code room} bytes; empty when not even the empty object fits
   */
  byte[] reply(int room) {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode ours = root.putObject(CAPABILITIES);
    if (text(root).length > room) {
      return new byte[0];
    }
    for (String name : BY_USE) {
      if (names.contains(name)) {
        add(ours, name);
        if (text(root).length > room) {
          ours.remove(name);
        }
      }
    }
    return text(root);
  }

  private static byte[] text(ObjectNode root) {
    return JSON.writeValueAsString(root).concat("\0").getBytes(StandardCharsets.UTF_8);
  }

  private static void add(ObjectNode ours, String name) {
    switch (name) {
      case WRITE_MULTIPLE -> ours.put(name, true);
      case MAX_TRANSFER -> ours.put(name, ProtocolLimits.TRANSFER);
      case MAX_DESCRIPTORS -> ours.put(name, ProtocolLimits.DESCRIPTORS);
      default -> ours.put(name, ProtocolLimits.DMA_MAPS);
    }
  }
}
