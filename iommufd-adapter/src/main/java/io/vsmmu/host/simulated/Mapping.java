package io.vsmmu.host.simulated;

import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;

/**
 * Guest RAM mapped into an IOAS.
 *
 * @param iova guest-physical address in bytes
 * @param length in bytes
 * @param access the accesses that devices may make
 * @param source the memory that is mapped
 */
public record Mapping(long iova, long length, MapAccess access, RamSource source) {

  /** IOVA of the last byte, inclusive. */
  public long last() {
    return iova + length - 1;
  }
}
