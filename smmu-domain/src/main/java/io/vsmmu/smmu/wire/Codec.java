package io.vsmmu.smmu.wire;

/**
 * Writes and reads the fields of one record type. The codecs of this package are {@link Schema}s;
 * those few that are written out by hand do the same faster. Thread-safe.
 */
interface Codec<R> {

  /** Appends the fields of {@code value}. */
  void write(WireWriter out, R value);

  /**
   * Reads all fields up to the end of {@code in}. Fields that the codec does not know are skipped.
   *
   * @throws MalformedEventException if a field does not hold what it must
   */
  R read(WireReader in);
}
