package io.vsmmu.debugger.compare;

import org.jspecify.annotations.Nullable;

/**
 * One difference between two accesses that have the same part in two logs.
 *
 * @param field name of the field, register, stream or operation of the host that differs
 * @param a a string, number or boolean; null if A has none
 * @param b the same of B
 */
record Difference(Aspect aspect, String field, @Nullable Object a, @Nullable Object b) {

  /** What of an access differs. */
  enum Aspect {
    /** A value that the guest or the VMM gave, or what the SMMU said to it. */
    VALUE,
    /** A register that the guest read afterwards. */
    READ,
    /** The configuration of a stream that followed. */
    STREAM,
    /** The outcome of an operation on the host. */
    HOST_ANSWER
  }
}
