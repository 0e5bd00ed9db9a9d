package io.vsmmu.vfiouser.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The regions at one moment. Immutable.
 *
 * @param entries ordered by unsigned address, without overlap
 */
record RegionTable(List<Entry> entries) {

  static final RegionTable EMPTY = new RegionTable(List.of());

  record Entry(Region region, Backing backing) {

    boolean overlaps(long address, long last) {
      return Long.compareUnsigned(region.address(), last) <= 0
          && Long.compareUnsigned(address, region.last()) <= 0;
    }

    boolean inside(long address, long last) {
      return Long.compareUnsigned(address, region.address()) <= 0
          && Long.compareUnsigned(region.last(), last) <= 0;
    }

    /** The number of bytes from {@code address} to the end of the region, at most {@code most}. */
    long available(long address, long most) {
      long behind = region.last() - address;
      return Long.compareUnsigned(behind, most - 1) >= 0 ? most : behind + 1;
    }
  }

  /** The index of the first region that ends at or after an address. */
  private int indexOf(long address) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(entries.get(middle).region().last(), address) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The region that contains this address. */
  Optional<Entry> at(long address) {
    int index = indexOf(address);
    return index < entries.size() && entries.get(index).overlaps(address, address)
        ? Optional.of(entries.get(index))
        : Optional.empty();
  }

  /** The regions with an address in common with this range. */
  List<Entry> overlapping(long address, long last) {
    int from = indexOf(address);
    int to = from;
    while (to < entries.size() && entries.get(to).overlaps(address, last)) {
      to++;
    }
    return entries.subList(from, to);
  }

  /** The table with one more entry, which must overlap none. */
  RegionTable with(Entry entry) {
    List<Entry> more = new ArrayList<>(entries);
    more.add(indexOf(entry.region().address()), entry);
    return new RegionTable(List.copyOf(more));
  }

  RegionTable without(List<Entry> removed) {
    List<Entry> rest = new ArrayList<>(entries);
    rest.removeAll(removed);
    return new RegionTable(List.copyOf(rest));
  }

  /**
   * Whether every byte of a range is in a region that satisfies {@code condition}.
   *
   * @param length bytes, more than 0
   */
  boolean covers(long address, long length, Predicate<Region> condition) {
    long last = address + length - 1;
    if (Long.compareUnsigned(last, address) < 0) {
      return false;
    }
    long next = address;
    for (Entry entry : overlapping(address, last)) {
      Region region = entry.region();
      if (Long.compareUnsigned(region.address(), next) > 0 || !condition.test(region)) {
        return false;
      }
      if (Long.compareUnsigned(region.last(), last) >= 0) {
        return true;
      }
      next = region.last() + 1;
    }
    return false;
  }
}
