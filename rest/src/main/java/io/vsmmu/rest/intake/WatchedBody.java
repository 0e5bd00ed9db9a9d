package io.vsmmu.rest.intake;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;

/** A request's body that a subclass observes while it is read. */
abstract class WatchedBody extends ServletInputStream {

  private final ServletInputStream body;

  WatchedBody(ServletInputStream body) {
    this.body = body;
  }

  /** Called with each piece of the body before its reader gets it. */
  abstract void seen(byte[] bytes, int offset, int length) throws IOException;

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int read = read(one, 0, 1);
    return read < 0 ? read : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = body.read(bytes, offset, length);
    if (read > 0) {
      seen(bytes, offset, read);
    }
    return read;
  }

  @Override
  public boolean isFinished() {
    return body.isFinished();
  }

  @Override
  public boolean isReady() {
    return body.isReady();
  }

  @Override
  public void setReadListener(ReadListener listener) {
    body.setReadListener(listener);
  }
}
