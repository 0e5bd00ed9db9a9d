package io.vsmmu.platform.acpi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Reads an IORT the way that an operating system does: nodes by offset, IDs mapped node by node.
 */
final class IortReader {

  static final int ITS = 0;
  static final int ROOT_COMPLEX = 2;
  static final int SMMU = 4;
  static final int RMR = 6;

  /** A node with its offset in the table. */
  record Node(int offset, int type, int length, int revision, int id, List<Map4> mappings) {}

  /** An ID mapping. */
  record Map4(long input, long count, long output, int reference, int flags) {}

  /** The node and ID to which an ID is mapped. */
  record Hit(Node node, long id) {}

  private final ByteBuffer table;
  private final Map<Integer, Node> nodes = new LinkedHashMap<>();

  IortReader(byte[] bytes) {
    table = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = table.getInt(40);
    for (int i = 0; i < table.getInt(36); i++) {
      Node node = node(at);
      nodes.put(at, node);
      at += node.length();
    }
    if (at != bytes.length) {
      throw new AssertionError("nodes end at " + at + ", the table at " + bytes.length);
    }
  }

  List<Node> nodes(int type) {
    return nodes.values().stream().filter(n -> n.type() == type).toList();
  }

  Node at(int offset) {
    return nodes.getOrDefault(offset, new Node(0, -1, 0, 0, 0, List.of()));
  }

  long u32(Node node, int offset) {
    return table.getInt(node.offset() + offset) & 0xFFFF_FFFFL;
  }

  long u64(Node node, int offset) {
    return table.getLong(node.offset() + offset);
  }

  int u8(Node node, int offset) {
    return table.get(node.offset() + offset) & 0xFF;
  }

  /** Follows an ID to the first node of the type; an SMMU's own mapping is not for devices. */
  Hit follow(Node from, long id, int type) {
    Node node = from;
    long current = id;
    while (node.type() != type) {
      Hit next = step(node, current);
      if (next.node().type() < 0) {
        return next;
      }
      node = next.node();
      current = next.id();
    }
    return new Hit(node, current);
  }

  private Hit step(Node node, long id) {
    boolean own = node.type() == SMMU && u32(node, 44) == 0;
    long skipped = own ? u32(node, 64) : -1;
    for (int i = 0; i < node.mappings().size(); i++) {
      Map4 m = node.mappings().get(i);
      if (i != skipped && id >= m.input() && id < m.input() + m.count()) {
        return new Hit(at(m.reference()), m.output() + id - m.input());
      }
    }
    return new Hit(at(0), id);
  }

  private Node node(int at) {
    int count = table.getInt(at + 8);
    int array = at + table.getInt(at + 12);
    List<Map4> mappings = IntStream.range(0, count).mapToObj(i -> mapping(array + 20 * i)).toList();
    return new Node(
        at,
        table.get(at),
        table.getShort(at + 1) & 0xFFFF,
        table.get(at + 3),
        table.getInt(at + 4),
        mappings);
  }

  private Map4 mapping(int at) {
    return new Map4(
        table.getInt(at) & 0xFFFF_FFFFL,
        (table.getInt(at + 4) & 0xFFFF_FFFFL) + 1,
        table.getInt(at + 8) & 0xFFFF_FFFFL,
        table.getInt(at + 12),
        table.getInt(at + 16));
  }
}
