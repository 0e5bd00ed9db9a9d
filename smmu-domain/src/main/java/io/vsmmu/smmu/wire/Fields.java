package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.pcollections.PSortedMap;

/**
 * The types of fields that payloads have. Every method takes the number of a field, 1 to 63, and
 * where the record has its value, and returns the value. A field is not written if its value is the
 * one that an absent field means.
 *
 * @param <R> the record that has the fields
 */
abstract sealed class Fields<R> permits FieldReader, FieldWriter {

  /** 64 bits, or 0; unsigned numbers below 2^56 take as few bytes as they need, others eight. */
  abstract long word(int number, ToLongFunction<R> value);

  /** Field {@code number} as an unsigned 32-bit value; 0 if it is missing. */
  abstract int uint32(int number, ToIntFunction<R> value);

  /** A number of either sign within 64 bits, or 0; the shorter, the closer it is to zero. */
  abstract long signed64(int number, ToLongFunction<R> value);

  /** A number of either sign within 32 bits, or 0; the shorter, the closer it is to zero. */
  abstract int signed32(int number, ToIntFunction<R> value);

  /** Field {@code number} as a truth value; false if it is missing. */
  abstract boolean bool(int number, Predicate<R> value);

  /** A constant, or the one with number 0. */
  abstract <E extends Enum<E>> E constant(int number, WireEnum<E> table, Function<R, E> value);

  /** A register by its offset, which the architecture never changes, or IDR0. */
  abstract Register register(int number, Function<R, Register> value);

  /** UTF-8 of any length, or an empty string. */
  abstract String string(int number, Function<R, String> value);

  /** Strings in their order, each as a field of its own, or none. */
  abstract List<String> strings(int number, Function<R, List<String>> value);

  /** An STE without the zero words at its end, or one of zeros. */
  abstract StreamTableEntry ste(int number, Function<R, StreamTableEntry> value);

  /** Records of the event queue as they are in guest memory, 32 bytes each; or none. */
  abstract List<EventRecord> eventRecords(int number, Function<R, List<EventRecord>> value);

  /** Entries of the PRI queue as they are in guest memory, 16 bytes each; or none. */
  abstract List<PageRequest> pageRequests(int number, Function<R, List<PageRequest>> value);

  /** A nested record, or one without any field; written even then. */
  abstract <T> T message(int number, Codec<T> codec, Function<R, T> value);

  /** Field {@code number} as a nested record; empty if it is missing. */
  abstract <T> Optional<T> optional(int number, Codec<T> codec, Function<R, Optional<T>> value);

  /** Nested records in their order, each as a field of its own, or none. */
  abstract <T> List<T> messages(int number, Codec<T> codec, Function<R, List<T>> value);

  /**
   * Nested records in the order of their keys, each as a field of its own, or none.
   *
   * @param none the empty map, with the order of the keys
   * @param key the key that a nested record contains
   */
  abstract <K, T> PSortedMap<K, T> map(
      int number,
      Codec<T> codec,
      PSortedMap<K, T> none,
      Function<T, K> key,
      Function<R, PSortedMap<K, T>> value);
}
