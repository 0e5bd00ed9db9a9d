package io.vsmmu.platform.acpi;

/**
 * Memory access properties of a root complex. Source: DEN 0049E.d, table 14.
 *
 * @param coherent CCA: its accesses are fully coherent
 * @param coherentPath CPM: the path to memory is coherent; needed with CCA
 * @param cacheableShareable DACS: its accesses are inner write-back cacheable, inner shareable
 */
public record MemoryAttributes(boolean coherent, boolean coherentPath, boolean cacheableShareable) {

  /** What emulated and assigned devices of a virtual machine have. */
  public static final MemoryAttributes COHERENT = new MemoryAttributes(true, true, true);

  int flags() {
    return (coherentPath ? 1 : 0) | (cacheableShareable ? 2 : 0);
  }
}
