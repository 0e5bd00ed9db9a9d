package io.vsmmu.vfiouser.memory;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.SharedMapping;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a region. Offsets ({@code at}) are in bytes from the beginning of the region, and
 * every access ends within it.
 */
sealed interface Backing extends AutoCloseable {

  /** Returns false when a byte cannot be read; {@code into} is then undefined. */
  boolean read(long at, MemorySegment into);

  /** Returns false when a byte cannot be written; others may have been. */
  boolean write(long at, MemorySegment from);

  /** Stores 32 bits, little-endian, as one aligned store; false when it cannot be done. */
  boolean writeInt(long at, int value);

  BackingKind kind();

  @Override
  void close();

  /**
   * Makes the fastest backing that the request allows: its descriptor, its file, or messages.
   *
   * @param descriptor owned by the result; stays the caller's when this throws
   * @throws PosixException when there is a descriptor that cannot be mapped
   */
  static Backing of(MapRequest request, @Nullable Fd descriptor) throws PosixException {
    if (!SharedMapping.supported()) {
      if (descriptor != null) {
        descriptor.close();
      }
      return new ByMessages(request.address(), request.channel());
    }
    if (descriptor != null) {
      SharedMapping mapping =
          SharedMapping.of(descriptor, request.offset(), request.size(), request.writable());
      return new Mapped(mapping, BackingKind.DESCRIPTOR, Optional.of(descriptor), request.offset());
    }
    return fromFile(request)
        .<Backing>map(mapping -> new Mapped(mapping, BackingKind.FILE, Optional.empty(), 0))
        .orElseGet(() -> new ByMessages(request.address(), request.channel()));
  }

  private static Optional<SharedMapping> fromFile(MapRequest request) {
    if (request.file().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          SharedMapping.of(
              request.file().get(), request.offset(), request.size(), request.writable()));
    } catch (PosixException unsuitable) {
      return Optional.empty();
    }
  }

  /**
   * A region that is mapped into this process.
   *
   * @param descriptor of the mapped file, closed with the mapping
   * @param offset of the mapping in that file, in bytes
   */
  record Mapped(SharedMapping mapping, BackingKind kind, Optional<Fd> descriptor, long offset)
      implements Backing {

    /** What a host needs to let its devices access the region. */
    DeviceDmaMapping.Bytes bytes() {
      return new DeviceDmaMapping.Bytes(
          mapping.segment().address(),
          descriptor.map(fd -> OptionalInt.of(fd.number())).orElseGet(OptionalInt::empty),
          offset);
    }

    @Override
    public boolean read(long at, MemorySegment into) {
      return mapping.read(at, into);
    }

    @Override
    public boolean write(long at, MemorySegment from) {
      return mapping.write(at, from);
    }

    @Override
    public boolean writeInt(long at, int value) {
      return mapping.storeRelease(at, value);
    }

    @Override
    public void close() {
      mapping.close();
      descriptor.ifPresent(Fd::close);
    }
  }

  /**
   * A region that only the VMM can access.
   *
   * @param base guest-physical address of the region
   */
  record ByMessages(long base, DmaChannel channel) implements Backing {

    private static final ValueLayout.OfInt INT =
        ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public boolean read(long at, MemorySegment into) {
      int length = (int) into.byteSize();
      Optional<byte[]> data = channel.read(base + at, length);
      if (data.isEmpty() || data.get().length != length) {
        return false;
      }
      into.copyFrom(MemorySegment.ofArray(data.get()));
      return true;
    }

    @Override
    public boolean write(long at, MemorySegment from) {
      return channel.write(base + at, from.toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    public boolean writeInt(long at, int value) {
      byte[] data = new byte[Integer.BYTES];
      MemorySegment.ofArray(data).set(INT, 0, value);
      return channel.write(base + at, data);
    }

    @Override
    public BackingKind kind() {
      return BackingKind.MESSAGES;
    }

    @Override
    public void close() {
      // The channel belongs to the connection.
    }
  }
}
