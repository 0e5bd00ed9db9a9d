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
 * The guest's RAM. Thread-safe: accesses see the regions of one moment and never wait for those who
 * map and unmap.
 *
 * <p>Nothing here throws for what a VMM or guest does. A file that shrinks under its mapping is
 * memory that cannot be read.
 */
public final class GuestMemory implements AutoCloseable {

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final DeviceMemory devices;
  private volatile RegionTable table = RegionTable.EMPTY;
  private volatile boolean reachable = true;
  private boolean closed;

  /** Memory that no host device reaches. */
  public GuestMemory() {
    this(DeviceMemory.NONE);
  }

  /**
   * Memory that host devices reach too.
   *
   * @param devices told of every region that is shared, before the VMM has its answer
   */
  public GuestMemory(DeviceMemory devices) {
    this.devices = devices;
  }

  /** An access to a part of a region. */
  private interface Access {
    boolean apply(Backing backing, long at, MemorySegment part);
  }

  /**
   * Adds a region.
   *
   * @param request its descriptor is ours from here on
   * @return 0 or an errno: EINVAL for a request that makes no sense or a descriptor that is too
   *     short or no memory, EEXIST for an overlap, ENOSPC beyond {@link MemoryLimits#REGIONS},
   *     EBADF after close, what mmap(2) says, what the host says whose devices have to reach it
   */
  public int map(MapRequest request) {
    int errno;
    try {
      errno = request.valid() ? added(request) : Errno.EINVAL.number();
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
   * Removes the regions of a range. vfio-user asks for ranges that were mapped so; a range of
   * several whole regions is taken too.
   *
   * @return 0 or an errno: EINVAL when it would cut a region, or wraps; ENOENT when nothing is
   *     there
   */
  public synchronized int unmap(long address, long size) {
    long last = address + size - 1;
    if (size == 0 || Long.compareUnsigned(last, address) < 0) {
      return Errno.EINVAL.number();
    }
    List<Entry> gone = table.overlapping(address, last);
    if (gone.isEmpty()) {
      return Errno.ENOENT.number();
    }
    if (!gone.stream().allMatch(entry -> entry.inside(address, last))) {
      return Errno.EINVAL.number();
    }
    remove(gone);
    return 0;
  }

  /** Removes every region. */
  public synchronized void unmapAll() {
    remove(table.entries());
  }

  private void remove(List<Entry> gone) {
    table = table.without(gone);
    for (Entry entry : gone) {
      if (entry.backing() instanceof Mapped) {
        devices.unshare(entry.region());
      }
      entry.backing().close();
    }
  }

  /**
   * Lets accesses through or not, whatever is mapped: a function without bus mastering reaches no
   * memory. They pass at first.
   */
  public void reachable(boolean on) {
    reachable = on;
  }

  /**
   * Reads as many bytes as there is room for; may go from region to region.
   *
   * @param into at most {@link MemoryLimits#ACCESS_BYTES}; undefined after false
   * @return false when a byte is outside, may not be read, or cannot be had
   */
  public boolean read(long address, MemorySegment into) {
    return access(address, into, Region::readable, Backing::read);
  }

  /**
   * Writes all bytes; may go from region to region. Nothing is written when a byte is outside or
   * may not be written; something may be when the memory vanishes meanwhile.
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
    boolean fits = reachable && length <= MemoryLimits.ACCESS_BYTES;
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
   * Stores 32 bits, little-endian, at once, after everything that was written before.
   *
   * @param address a multiple of 4
   * @return false when it is not, or lies outside, may not be written, or cannot be
   */
  public boolean writeInt(long address, int value) {
    Optional<Entry> entry = table.at(address);
    boolean possible = reachable && address % Integer.BYTES == 0;
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

  /**
   * Whether every byte is reached without asking the VMM.
   *
   * @param length bytes; of none every byte is
   */
  public boolean shared(long address, long length) {
    return length == 0 || table.covers(address, length, region -> region.kind().direct());
  }

  /** The regions now, by address. */
  public List<Region> regions() {
    return table.entries().stream().map(Entry::region).toList();
  }

  /** Removes every region and takes no more. */
  @Override
  public synchronized void close() {
    closed = true;
    unmapAll();
  }
}
