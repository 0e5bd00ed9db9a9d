package io.vsmmu.host.uapi;

import java.util.List;

/**
 * Where an address space may be mapped.
 *
 * @param ranges in order
 * @param alignment of begin and end of a mapping, in bytes
 */
public record IovaRanges(List<IovaRange> ranges, long alignment) {

  public IovaRanges {
    ranges = List.copyOf(ranges);
  }
}
