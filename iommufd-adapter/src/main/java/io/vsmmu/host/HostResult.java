package io.vsmmu.host;

import io.vsmmu.posix.Errno;
import java.util.Optional;
import java.util.function.Function;

/**
 * The result of a host operation: a value, or the errno with which the host refused it. A refusal
 * is a normal result and never an exception.
 *
 * @param <T> the type of the value
 */
public sealed interface HostResult<T> {

  /**
   * The host carried the operation out.
   *
   * @param value the result of the operation
   */
  record Ok<T>(T value) implements HostResult<T> {}

  /**
   * The host refused. Nothing has changed unless the operation's documentation says otherwise.
   *
   * @param errno the error number that the kernel gave
   */
  record Refused<T>(Errno errno) implements HostResult<T> {}

  /** The result of an operation whose success has no value. */
  enum Done {
    DONE
  }

  static <T> HostResult<T> ok(T value) {
    return new Ok<>(value);
  }

  static HostResult<Done> done() {
    return new Ok<>(Done.DONE);
  }

  static <T> HostResult<T> refused(Errno errno) {
    return new Refused<>(errno);
  }

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

  /**
   * The value of a success.
   *
   * @throws IllegalStateException for a refusal
   */
  default T value() {
    return switch (this) {
      case Ok<T>(T value) -> value;
      case Refused<T>(Errno errno) ->
          throw new IllegalStateException("the host refused with " + errno);
    };
  }

  /** Applies the next operation to the value of a success; a refusal is returned unchanged. */
  default <R> HostResult<R> then(Function<? super T, ? extends HostResult<R>> next) {
    return switch (this) {
      case Ok<T>(T value) -> next.apply(value);
      case Refused<T>(Errno errno) -> new Refused<>(errno);
    };
  }
}
