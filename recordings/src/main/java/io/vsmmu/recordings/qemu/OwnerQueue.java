package io.vsmmu.recordings.qemu;

/** The owners of the items that are not settled yet, oldest first. */
final class OwnerQueue {

  /** Elements in a ring; a power of two many. */
  private long[] ring = new long[64];

  /** Index in the ring of the oldest one. */
  private int first;

  private int size;

  OwnerQueue copy() {
    OwnerQueue copy = new OwnerQueue();
    copy.ring = ring.clone();
    copy.first = first;
    copy.size = size;
    return copy;
  }

  int size() {
    return size;
  }

  /**
   * @param index from 0 for the oldest one, below {@link #size}
   */
  long get(int index) {
    return ring[place(index)];
  }

  void set(int index, long owner) {
    ring[place(index)] = owner;
  }

  void add(long owner) {
    if (size == ring.length) {
      long[] larger = new long[2 * size];
      for (int i = 0; i < size; i++) {
        larger[i] = get(i);
      }
      ring = larger;
      first = 0;
    }
    ring[place(size)] = owner;
    size++;
  }

  /** Removes the oldest one, of at least one. */
  void removeFirst() {
    first = place(1);
    size--;
  }

  boolean contains(long owner) {
    for (int i = 0; i < size; i++) {
      if (get(i) == owner) {
        return true;
      }
    }
    return false;
  }

  private int place(int index) {
    return (first + index) & (ring.length - 1);
  }
}
