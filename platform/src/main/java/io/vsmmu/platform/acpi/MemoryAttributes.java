package io.vsmmu.platform.acpi;

/**
 * The memory access properties of a root complex. Source: DEN 0049E.d, table 14.
 *
 * @param coherent CCA: accesses are fully coherent
 * @param coherentPath CPM: the path to memory is coherent; required with {@code coherent}
 * @param cacheableShareable DACS: accesses are inner write-back cacheable and inner shareable
 */
public record MemoryAttributes(boolean coherent, boolean coherentPath, boolean cacheableShareable) {

  /** The properties of emulated and assigned devices of a virtual machine. */
  public static final MemoryAttributes COHERENT = new MemoryAttributes(true, true, true);

  int flags() {
    return (coherentPath ? 1 : 0) | (cacheableShareable ? 2 : 0);
  }
}
