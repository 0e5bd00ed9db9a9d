package io.vsmmu.vfiouser.memory;

import io.vsmmu.posix.Fd;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request to map a region, as the VMM sent it: nothing is checked yet.
 *
 * @param address guest-physical, unsigned
 * @param size bytes, unsigned
 * @param readable whether the function may read it
 * @param writable whether the function may write it
 * @param offset of the region in the descriptor's or path's file, bytes, unsigned
 * @param descriptor of the memory, if the VMM sent one; owned by the receiver of the request
 * @param file with the memory, used when there is no descriptor
 * @param channel to the VMM, used when there is neither
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

  /** Whether the range is valid by itself: not empty, aligned, within 2^64, and accessible. */
  boolean isValid() {
    boolean aligned = ((address | size | offset) & WITHIN_PAGE) == 0;
    boolean fits = Long.compareUnsigned(address + size - 1, address) >= 0;
    return size != 0 && aligned && fits && (readable || writable);
  }

  Region region(BackingKind kind) {
    return new Region(address, size, readable, writable, kind);
  }
}
