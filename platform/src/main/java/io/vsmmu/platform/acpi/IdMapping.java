package io.vsmmu.platform.acpi;

/**
 * An ID mapping of the IORT (DEN 0049E.d): maps {@code count} IDs of a node, from {@code
 * inputBase}, to the IDs from {@code outputBase} of the node at offset {@code reference}. The table
 * contains the count minus one.
 */
record IdMapping(long inputBase, long count, long outputBase, int reference, boolean single) {

  static final int BYTES = 20;

  static IdMapping of(IdRange input, long outputBase, int reference) {
    return new IdMapping(input.first(), input.count(), outputBase, reference, false);
  }

  static IdMapping single(long output, int reference) {
    return new IdMapping(0, 1, output, reference, true);
  }

  void write(AcpiBytes node) {
    node.u32(inputBase).u32(count - 1).u32(outputBase).u32(reference).u32(single ? 1 : 0);
  }
}
