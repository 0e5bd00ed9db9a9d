package io.vsmmu.fuzz;

import java.time.Duration;

/** What taking one input may use. An input that needs more is a finding. */
final class FuzzLimits {

  /** Bytes of the longest input. */
  static final int INPUT_BYTES = 4096;

  /** Bytes that an input may make its thread allocate, whatever its length. */
  static final long ALLOCATED_BYTES = 64L << 20;

  /** Bytes that each byte of an input may make its thread allocate in addition. */
  static final long ALLOCATED_BYTES_PER_BYTE = 64L << 10;

  /** Processor time that an input may take of its thread, which does not depend on other load. */
  static final Duration PROCESSOR_TIME = Duration.ofSeconds(5);

  /** Heap of the process that fuzzes a target: what is kept between inputs would exhaust it. */
  static final String HEAP = "-Xmx768m";

  private FuzzLimits() {}
}
