package io.vsmmu.vfiouser;

import io.vsmmu.vfiouser.MessageLayout.Header;
import java.nio.ByteBuffer;

/**
 * The reply under construction: header and body in one direct buffer. The buffer is used again for
 * every reply, so that replying allocates nothing, and grows when a longer one is needed.
 */
final class ReplyMessage {

  private ByteBuffer buffer = DirectBuffers.ofSize(ProtocolLimits.FIRST_BUFFER);

  /** The index of the body in the message that {@link #body} returns. */
  static final int BODY = Header.BYTES;

  /** Begins a reply that has no body. */
  void empty() {
    buffer.clear().limit(BODY);
  }

  /**
   * Begins a reply with a body of zeros.
   *
   * @param bytes at most {@link ProtocolLimits#MESSAGE} less the header
   * @return the whole message; the body begins at {@link #BODY}
   */
  ByteBuffer body(int bytes) {
    ByteBuffer room = room(bytes);
    for (int i = BODY; i < BODY + bytes; i++) {
      room.put(i, (byte) 0);
    }
    return room;
  }

  /** As {@link #body}, but with undefined bytes, for a caller that writes all of them. */
  ByteBuffer room(int bytes) {
    buffer = DirectBuffers.atLeast(buffer, BODY + bytes);
    buffer.clear().limit(BODY + bytes);
    return buffer;
  }

  /** Writes the header of a success; returns the message, ready to be sent. */
  ByteBuffer finish(ByteBuffer request) {
    return finish(request, Header.REPLY, 0);
  }

  /** Drops the body and writes the header of a refusal; returns the message, ready to be sent. */
  ByteBuffer refuse(ByteBuffer request, int errno) {
    empty();
    return finish(request, Header.REPLY | Header.ERROR, errno);
  }

  private ByteBuffer finish(ByteBuffer request, int flags, int errno) {
    Header.ID.put(buffer, 0, Header.ID.get(request, 0));
    Header.COMMAND.put(buffer, 0, Header.COMMAND.get(request, 0));
    Header.SIZE.put(buffer, 0, buffer.limit());
    Header.FLAGS.put(buffer, 0, flags);
    Header.ERRNO.put(buffer, 0, errno);
    return buffer.position(0);
  }
}
