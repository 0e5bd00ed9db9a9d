package io.vsmmu.vfiouser;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.vfiouser.ConnectionEnd.Reason;
import io.vsmmu.vfiouser.MessageLayout.Header;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages from a stream, one at a time, into a buffer that is used again for each. Used by
 * the connection's leader only.
 */
final class MessageReader {

  private final UnixStream stream;
  private final Polling polling;
  private final Duration rest;
  private final List<Fd> descriptors = new ArrayList<>(ProtocolLimits.DESCRIPTORS);
  private @Nullable ConnectionEnd end;
  private ByteBuffer buffer = DirectBuffers.ofSize(ProtocolLimits.FIRST_BUFFER);

  /**
   * @param rest how long the rest of a message may take after its first byte
   */
  MessageReader(UnixStream stream, Duration rest) {
    this.stream = stream;
    this.polling = new Polling(stream);
    this.rest = rest;
  }

  /**
   * Waits for the next message and reads it.
   *
   * @return null when {@link #message} holds a message; otherwise why the connection is over
   * @throws PosixException when the socket fails
   */
  @Nullable ConnectionEnd next() throws PosixException {
    begin();
    return afterFirst(limited(polling.receive(buffer, descriptors)));
  }

  /**
   * Reads the next message if the VMM has sent one, or a part of it.
   *
   * @return whether {@link #next} would have returned without waiting for a first byte; then {@link
   *     #end} is what it would have returned
   * @throws PosixException when the socket fails
   */
  boolean available() throws PosixException {
    begin();
    int first = limited(stream.receiveAvailable(buffer, descriptors));
    if (first == UnixStream.NOTHING_YET) {
      return false;
    }
    end = afterFirst(first);
    return true;
  }

  /** Why the connection is over; null when {@link #available} has read a message. */
  @Nullable ConnectionEnd end() {
    return end;
  }

  private @Nullable ConnectionEnd afterFirst(int length) throws PosixException {
    return length == 0 ? closed() : rest(System.nanoTime() + rest.toNanos());
  }

  /**
   * Reads the first message.
   *
   * @param deadline until when all of it must have been received, in {@link System#nanoTime}'s time
   * @return as {@link #next()}
   * @throws PosixException when the socket fails
   */
  @Nullable ConnectionEnd first(long deadline) throws PosixException {
    begin();
    return rest(deadline);
  }

  private void begin() {
    closeDescriptors();
    buffer.clear().limit(Header.BYTES);
  }

  private @Nullable ConnectionEnd rest(long deadline) throws PosixException {
    try {
      while (buffer.hasRemaining()) {
        if (limited(stream.receive(buffer, descriptors, deadline)) == 0) {
          return closed();
        }
      }
      ConnectionEnd broken = framing();
      return broken == null ? readBody(deadline) : broken;
    } catch (PosixException failed) {
      if (failed.errno() != Errno.ETIMEDOUT) {
        throw failed;
      }
      return new ConnectionEnd(
          Reason.SILENT,
          "the VMM said nothing more after %d bytes of a message".formatted(buffer.position()));
    }
  }

  private ConnectionEnd closed() {
    return buffer.position() == 0
        ? new ConnectionEnd(Reason.CLOSED_BY_VMM, "the VMM closed the connection")
        : new ConnectionEnd(
            Reason.TRUNCATED,
            "the stream ended after %d bytes of a header".formatted(buffer.position()));
  }

  /** Closes the descriptors beyond {@link ProtocolLimits#DESCRIPTORS}; returns {@code length}. */
  private int limited(int length) {
    while (descriptors.size() > ProtocolLimits.DESCRIPTORS) {
      descriptors.removeLast().close();
    }
    return length;
  }

  private @Nullable ConnectionEnd framing() {
    long size = Header.SIZE.get(buffer, 0);
    if (size < Header.BYTES || size > ProtocolLimits.MESSAGE) {
      return new ConnectionEnd(Reason.BAD_SIZE, "a message of %d bytes".formatted(size));
    }
    int type = Header.FLAGS.getInt(buffer, 0) & Header.TYPE_MASK;
    return type == Header.REQUEST || type == Header.REPLY
        ? null
        : new ConnectionEnd(Reason.BAD_TYPE, "a message of type %d".formatted(type));
  }

  private @Nullable ConnectionEnd readBody(long deadline) throws PosixException {
    int size = Header.SIZE.getInt(buffer, 0);
    if (size > buffer.capacity()) {
      buffer = DirectBuffers.atLeast(buffer, size).put(0, buffer, 0, Header.BYTES);
    }
    buffer.limit(size).position(Header.BYTES);
    while (buffer.hasRemaining()) {
      if (stream.receive(buffer, deadline) == 0) {
        return new ConnectionEnd(
            Reason.TRUNCATED,
            "the stream ended after %d of %d bytes of a message"
                .formatted(buffer.position(), size));
      }
    }
    return null;
  }

  /** The message that {@link #next} read, from 0 to the limit; valid until the next call. */
  ByteBuffer message() {
    return buffer;
  }

  /**
   * The descriptors that were sent with the message. A caller that takes one over removes it from
   * the list; the others are closed with the next message.
   */
  List<Fd> descriptors() {
    return descriptors;
  }

  /** Closes the descriptors that were not taken over. */
  void closeDescriptors() {
    for (int i = 0; i < descriptors.size(); i++) {
      descriptors.get(i).close();
    }
    descriptors.clear();
  }
}
