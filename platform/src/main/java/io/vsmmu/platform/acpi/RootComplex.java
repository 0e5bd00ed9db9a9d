package io.vsmmu.platform.acpi;

import java.util.List;

/**
 * All buses of one PCI segment. Linux uses one root complex node for each segment
 * (drivers/acpi/arm64/iort.c, iort_match_node_callback), so several vSMMUs of a segment are several
 * routes of one node.
 *
 * @param segment 0 to 65535
 * @param memory its memory access properties
 * @param ats its ATS attribute
 * @param pasidBits width of PASIDs in bits, 1 to 20; 0 if it has none
 * @param addressBits width of its addresses in bits, 1 to 64
 * @param routes routes by requester ID; the requests of a function without one have no target
 */
public record RootComplex(
    int segment,
    MemoryAttributes memory,
    AtsAttribute ats,
    int pasidBits,
    int addressBits,
    List<RequesterRoute> routes) {

  public RootComplex {
    routes = List.copyOf(routes);
  }

  /**
   * The memory access properties of a root complex. Source: DEN 0049E.d, table 14.
   *
   * @param coherent CCA: accesses are fully coherent
   * @param coherentPath CPM: the path to memory is coherent; required with {@code coherent}
   * @param cacheableShareable DACS: accesses are inner write-back cacheable and inner shareable
   */
  public record MemoryAttributes(
      boolean coherent, boolean coherentPath, boolean cacheableShareable) {

    /** The properties of emulated and assigned devices of a virtual machine. */
    public static final MemoryAttributes COHERENT = new MemoryAttributes(true, true, true);

    int flags() {
      return (coherentPath ? 1 : 0) | (cacheableShareable ? 2 : 0);
    }
  }

  /**
   * The ATS attribute of a root complex node. Source: DEN 0049E.d.
   *
   * @param ats whether the root complex supports ATS
   * @param pri whether it supports page requests; requires {@code ats}
   * @param pasidForward whether it forwards PASIDs with translated requests; requires {@code ats}
   */
  public record AtsAttribute(boolean ats, boolean pri, boolean pasidForward) {

    public static final AtsAttribute NONE = new AtsAttribute(false, false, false);

    int bits() {
      return (ats ? 1 : 0) | (pri ? 2 : 0) | (pasidForward ? 4 : 0);
    }
  }
}
