package io.vsmmu.vfiouser.memory;

import io.vsmmu.posix.Fd;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a VMM wants to show us, as it came: nothing is checked yet.
 *
 * @param address guest-physical, unsigned
 * @param size bytes, unsigned
 * @param readable whether we may read it
 * @param writable whether we may write it
 * @param offset where it begins in the descriptor or file, bytes, unsigned
 * @param descriptor of the memory; whoever takes the request closes it
 * @param file that holds the memory when there is no descriptor
 * @param channel for when there is neither
 */
public record MapRequest(
    long address,
    long size,
    boolean readable,
    boolean writable,
    long offset,
    @Nullable Fd descriptor,
    Optional<Path> file,
    DmaChannel channel) {

  private static final long WITHIN_PAGE = MemoryLimits.PAGE - 1;

  /** Whether it makes sense, apart from what is mapped already. */
  boolean valid() {
    boolean aligned = ((address | size | offset) & WITHIN_PAGE) == 0;
    boolean fits = Long.compareUnsigned(address + size - 1, address) >= 0;
    return size != 0 && aligned && fits && (readable || writable);
  }

  Region region(BackingKind kind) {
    return new Region(address, size, readable, writable, kind);
  }
}
