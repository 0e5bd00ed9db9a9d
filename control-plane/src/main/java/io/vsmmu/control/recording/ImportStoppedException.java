package io.vsmmu.control.recording;

/** An import was stopped before its end. Nothing of it is left. */
public final class ImportStoppedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean clientGone;

  ImportStoppedException(String message, boolean clientGone) {
    super(message);
    this.clientGone = clientGone;
  }

  /** Whether it was stopped because nobody waited for it any more. */
  public boolean clientGone() {
    return clientGone;
  }
}
