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
 * The capabilities that a VMM proposes in its VERSION (QEMU, docs/interop/vfio-user.rst,
 * "VERSION").
 *
 * @param transfer the most bytes of data that a message to the VMM may carry, at most {@link
 *     ProtocolLimits#TRANSFER}
 * @param names the names that the VMM proposes; the reply contains none but these
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

  /** For a VMM that proposes nothing. */
  private static final Capabilities DEFAULT = new Capabilities(ProtocolLimits.TRANSFER, Set.of());

  /**
   * Reads the JSON of a VERSION. Unknown capabilities are ignored.
   *
   * @return null when the JSON is malformed or a known capability has the wrong type
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
   * The server's reply: of the capabilities that were proposed, as many as fit, the most useful
   * first.
   *
   * @param room the most bytes that the reply may have
   * @return JSON and a NUL, at most {@code room} bytes; empty when not even the empty object fits
   */
  byte[] reply(int room) {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode replied = root.putObject(CAPABILITIES);
    if (text(root).length > room) {
      return new byte[0];
    }
    for (String name : BY_USE) {
      if (names.contains(name)) {
        add(replied, name);
        if (text(root).length > room) {
          replied.remove(name);
        }
      }
    }
    return text(root);
  }

  private static byte[] text(ObjectNode root) {
    return JSON.writeValueAsString(root).concat("\0").getBytes(StandardCharsets.UTF_8);
  }

  private static void add(ObjectNode replied, String name) {
    switch (name) {
      case WRITE_MULTIPLE -> replied.put(name, true);
      case MAX_TRANSFER -> replied.put(name, ProtocolLimits.TRANSFER);
      case MAX_DESCRIPTORS -> replied.put(name, ProtocolLimits.DESCRIPTORS);
      default -> replied.put(name, ProtocolLimits.DMA_MAPS);
    }
  }
}
