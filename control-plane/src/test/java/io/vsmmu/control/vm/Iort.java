package io.vsmmu.control.vm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** An IORT as an operating system reads it: where requests of a function go. */
final class Iort {

  private static final int ITS = 0;
  private static final int ROOT_COMPLEX = 2;
  private static final int SMMU = 4;
  private static final int RMR = 6;

  /** An SMMUv3 node. */
  record Smmu(long base, int model) {}

  private final ByteBuffer table;

  Iort(byte[] bytes) {
    table = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private List<Integer> nodes(int type) {
    List<Integer> found = new ArrayList<>();
    for (int at = table.getInt(40); at < table.capacity(); at += table.getShort(at + 1) & 0xFFFF) {
      if (table.get(at) == type) {
        found.add(at);
      }
    }
    return found;
  }

  List<Smmu> smmus() {
    return nodes(SMMU).stream()
        .map(at -> new Smmu(table.getLong(at + 16), table.getInt(at + 40)))
        .toList();
  }

  /** Base address of the SMMU that a function is behind; 0 when it goes past all of them. */
  long smmuOf(int requester) {
    int node = next(nodes(ROOT_COMPLEX).getFirst(), requester);
    if (table.get(node) == SMMU) {
      return table.getLong(node + 16);
    }
    if (table.get(node) != ITS) {
      throw new AssertionError("node " + node + " is neither an SMMU nor an ITS group");
    }
    return 0;
  }

  /** The StreamIDs for which the MSI window is reserved, first and count of each range. */
  List<List<Integer>> reserved() {
    List<List<Integer>> ranges = new ArrayList<>();
    for (int at : nodes(RMR)) {
      for (int i = 0; i < table.getInt(at + 8); i++) {
        int mapping = at + table.getInt(at + 12) + 20 * i;
        ranges.add(List.of(table.getInt(mapping + 8), table.getInt(mapping + 4) + 1));
      }
    }
    return ranges;
  }

  /** Revision, length and bytes of the table say that a firmware may have it. */
  boolean sumsUp() {
    int sum = 0;
    for (byte b : table.array()) {
      sum += b;
    }
    return (sum & 0xFF) == 0 && table.getInt(4) == table.capacity();
  }

  private int next(int node, int id) {
    for (int i = 0; i < table.getInt(node + 8); i++) {
      int mapping = node + table.getInt(node + 12) + 20 * i;
      int first = table.getInt(mapping);
      if (id >= first && id <= first + table.getInt(mapping + 4)) {
        return table.getInt(mapping + 12);
      }
    }
    throw new AssertionError("requester 0x%x goes nowhere".formatted(id));
  }
}
