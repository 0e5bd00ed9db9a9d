package io.vsmmu.projections.model;

/** Thrown when the tables of the read models cannot be read or written. */
public final class ReadModelException extends RuntimeException {

  ReadModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
