package io.vsmmu.projections.model;

/** The read models could not be read or written. */
public final class ReadModelException extends RuntimeException {

  ReadModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
