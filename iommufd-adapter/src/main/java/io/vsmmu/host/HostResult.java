package io.vsmmu.host;

import io.vsmmu.posix.Errno;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a host operation gave: a value, or the errno with which the host refused. A refusal is an
 * answer, never an exception.
 *
 * @param <T> the type of the value
 */
public sealed interface HostResult<T> {

  /**
   * The host did it.
   *
   * @param value what the operation gives
   */
  record Ok<T>(T value) implements HostResult<T> {}

  /**
   * The host refused; nothing changed unless the operation says otherwise.
   *
   * @param errno the kernel's reason
   */
  record Refused<T>(Errno errno) implements HostResult<T> {}

  /** The result of an operation that gives nothing but success. */
  enum Done {
    /** The only value. */
    DONE
  }

  /** A success with this value. */
  static <T> HostResult<T> ok(T value) {
    return new Ok<>(value);
  }

  /** A success without a value. */
  static HostResult<Done> done() {
    return new Ok<>(Done.DONE);
  }

  /** A refusal with this errno. */
  static <T> HostResult<T> refused(Errno errno) {
    return new Refused<>(errno);
  }

  /** Whether the host did it. */
  default boolean isOk() {
    return this instanceof Ok<T>;
  }

  /** The errno of a refusal; empty for a success. */
  default Optional<Errno> refusal() {
    return switch (this) {
      case Ok<T> ok -> Optional.empty();
      case Refused<T>(Errno errno) -> Optional.of(errno);
    };
  }

  /** The value, for callers that have made sure that the host did it. */
  default T value() {
    return switch (this) {
      case Ok<T>(T value) -> value;
      case Refused<T>(Errno errno) ->
          throw new IllegalStateException("the host refused with " + errno);
    };
  }

  /** The next step with the value of this one; a refusal stays the refusal it is. */
  default <R> HostResult<R> then(Function<? super T, ? extends HostResult<R>> next) {
    return switch (this) {
      case Ok<T>(T value) -> next.apply(value);
      case Refused<T>(Errno errno) -> new Refused<>(errno);
    };
  }
}
