package io.vsmmu.transparency;

/** A note, key, checkpoint, proof or leaf that does not have its format; the message says why. */
public final class MalformedNoteException extends Exception {

  private static final long serialVersionUID = 1L;

  public MalformedNoteException(String message) {
    super(message);
  }
}
