package io.vsmmu.platform.acpi;

/** IDs at a node to IDs at the next; the count is written minus one. */
record IdMapping(long inputBase, long count, long outputBase, int reference, boolean single) {

  static final int BYTES = 20;

  static IdMapping of(StreamRange input, long outputBase, int reference) {
    return new IdMapping(input.first(), input.count(), outputBase, reference, false);
  }

  static IdMapping single(long output, int reference) {
    return new IdMapping(0, 1, output, reference, true);
  }

  void write(LittleEndian node) {
    node.u32(inputBase).u32(count - 1).u32(outputBase).u32(reference).u32(single ? 1 : 0);
  }
}
