package io.vsmmu.vfiouser.memory;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.vfiouser.memory.Backing.Mapped;
import io.vsmmu.vfiouser.memory.RegionTable.Entry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The guest's RAM. Thread-safe: an access uses the regions of one moment and takes no lock. The
 * monitor serializes mapping and unmapping; {@link DeviceDmaMapping} is called under it.
 *
 * <p>Nothing that a VMM or guest does makes a method throw. When a file shrinks under its mapping,
 * the bytes that it lost cannot be read.
 */
public final class GuestMemory implements AutoCloseable {

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final DeviceDmaMapping devices;
  private volatile RegionTable table = RegionTable.EMPTY;
  private volatile boolean accessAllowed = true;
  private boolean closed;

  /** Memory that no host device accesses. */
  public GuestMemory() {
    this(DeviceDmaMapping.NONE);
  }

  /**
   * Memory that host devices access too.
   *
   * @param devices called for every region that is mapped, before the VMM receives the reply
   */
  public GuestMemory(DeviceDmaMapping devices) {
    this.devices = devices;
  }

  /** An access to a part of a region. */
  private interface Access {
    boolean apply(Backing backing, long at, MemorySegment part);
  }

  /**
   * Adds a region.
   *
   * @param request its descriptor is owned by this object from now on
   * @return 0 or an errno: EINVAL for an invalid range, or a descriptor that is too short or not of
   *     memory; EEXIST for an overlap; ENOSPC beyond {@link MemoryLimits#REGIONS}; EBADF after
   *     close; the errno of mmap(2); the errno of {@link DeviceDmaMapping#share}
   */
  public int map(MapRequest request) {
    int errno;
    try {
      errno = request.isValid() ? added(request) : Errno.EINVAL.number();
    } catch (PosixException e) {
      errno = e.errno().number();
    }
    Fd descriptor = request.descriptor();
    if (errno != 0 && descriptor != null) {
      descriptor.close();
    }
    return errno;
  }

  private synchronized int added(MapRequest request) throws PosixException {
    if (closed) {
      return Errno.EBADF.number();
    }
    long last = request.address() + request.size() - 1;
    if (!table.overlapping(request.address(), last).isEmpty()) {
      return Errno.EEXIST.number();
    }
    if (table.entries().size() >= MemoryLimits.REGIONS) {
      return Errno.ENOSPC.number();
    }
    Backing backing = Backing.of(request, request.descriptor());
    Region region = request.region(backing.kind());
    int refused = backing instanceof Mapped mapped ? devices.share(region, mapped.bytes()) : 0;
    if (refused != 0) {
      backing.close();
      return refused;
    }
    table = table.with(new Entry(region, backing));
    return 0;
  }

  /**
   * Removes the regions of a range. The protocol demands the range of one DMA_MAP; a range of
   * several whole regions is accepted too.
   *
   * @return 0 or an errno: EINVAL when the range would cut a region, or wraps; ENOENT when no
   *     region is in it
   */
  public synchronized int unmap(long address, long size) {
    long last = address + size - 1;
    if (size == 0 || Long.compareUnsigned(last, address) < 0) {
      return Errno.EINVAL.number();
    }
    List<Entry> removed = table.overlapping(address, last);
    if (removed.isEmpty()) {
      return Errno.ENOENT.number();
    }
    if (!removed.stream().allMatch(entry -> entry.inside(address, last))) {
      return Errno.EINVAL.number();
    }
    remove(removed);
    return 0;
  }

  public synchronized void unmapAll() {
    remove(table.entries());
  }

  private void remove(List<Entry> removed) {
    table = table.without(removed);
    for (Entry entry : removed) {
      if (entry.backing() instanceof Mapped) {
        devices.unshare(entry.region());
      }
      entry.backing().close();
    }
  }

  /**
   * Allows or refuses all accesses, whatever is mapped: a function without bus mastering must not
   * access memory. They are allowed at first.
   */
  public void allowAccess(boolean allowed) {
    accessAllowed = allowed;
  }

  /**
   * Fills {@code into}; the range may span several regions.
   *
   * @param into at most {@link MemoryLimits#ACCESS_BYTES}; undefined after false
   * @return false when a byte is in no region, may not be read, or cannot be read
   */
  public boolean read(long address, MemorySegment into) {
    return access(address, into, Region::readable, Backing::read);
  }

  /**
   * Writes all bytes; the range may span several regions. Nothing is written when a byte is in no
   * region or may not be written; a part may be when the memory shrinks meanwhile.
   *
   * @param from at most {@link MemoryLimits#ACCESS_BYTES}
   * @return false when a byte was not written
   */
  public boolean write(long address, MemorySegment from) {
    return access(address, from, Region::writable, Backing::write);
  }

  private boolean access(
      long address, MemorySegment bytes, Predicate<Region> right, Access access) {
    RegionTable now = table;
    long length = bytes.byteSize();
    if (length == 0) {
      return true;
    }
    boolean fits = accessAllowed && length <= MemoryLimits.ACCESS_BYTES;
    if (!fits || !now.covers(address, length, right)) {
      return false;
    }
    for (long done = 0; done < length; ) {
      long next = address + done;
      Entry entry = now.at(next).orElseThrow();
      long part = entry.available(next, length - done);
      long at = next - entry.region().address();
      if (!access.apply(entry.backing(), at, bytes.asSlice(done, part))) {
        return false;
      }
      done += part;
    }
    return true;
  }

  /**
   * Stores 32 bits, little-endian, as one store, after everything that was written before.
   *
   * @param address a multiple of 4
   * @return false when it is not, is in no region, may not be written, or cannot be written
   */
  public boolean writeInt(long address, int value) {
    Optional<Entry> entry = table.at(address);
    boolean possible = accessAllowed && address % Integer.BYTES == 0;
    if (!possible || entry.isEmpty() || !entry.get().region().writable()) {
      return false;
    }
    return entry.get().backing().writeInt(address - entry.get().region().address(), value);
  }

  /** Reads 64 bits, little-endian; empty as {@link #read} says false. */
  public Optional<Long> readLong(long address) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(LONG);
      return read(address, value) ? Optional.of(value.get(LONG, 0)) : Optional.empty();
    }
  }

  /** The regions now, ordered by unsigned address. */
  public List<Region> regions() {
    return table.entries().stream().map(Entry::region).toList();
  }

  /** Removes every region; {@link #map} then gives EBADF. */
  @Override
  public synchronized void close() {
    closed = true;
    unmapAll();
  }
}
