package io.vsmmu.control.recording;

/** An import was stopped before its end, and nothing of it is stored. */
public final class ImportStoppedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean clientGone;

  ImportStoppedException(String message, boolean clientGone) {
    super(message);
    this.clientGone = clientGone;
  }

  /** Whether it was stopped because its client closed the connection. */
  public boolean clientGone() {
    return clientGone;
  }
}
