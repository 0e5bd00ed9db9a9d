package io.vsmmu.scripted.vmm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A reply of the server.
 *
 * @param command the command of the reply
 * @param errno 0 for a success
 * @param body without the header
 */
public record Answer(int command, int errno, byte[] body) {

  /** The body of the reply, little-endian. */
  public ByteBuffer fields() {
    return ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
  }
}
