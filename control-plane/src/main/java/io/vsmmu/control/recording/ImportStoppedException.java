package io.vsmmu.control.recording;

/** An import was stopped before its end, and nothing of it is stored. */
public final class ImportStoppedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ImportStoppedException(String message) {
    super(message);
  }
}
