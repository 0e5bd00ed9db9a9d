package io.vsmmu.host.simulated;

import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;

/**
 * Guest RAM mapped into an IOAS.
 *
 * @param iova guest-physical address in bytes
 * @param length in bytes
 * @param access what devices may do
 * @param source where the memory comes from
 */
public record Mapping(long iova, long length, MapAccess access, RamSource source) {

  /** Address of the last byte. */
  public long last() {
    return iova + length - 1;
  }
}
