package io.vsmmu.vfiouser;

import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The way out of a connection: whole messages of whatever threads, one after the other. */
final class MessageWriter {

  private final UnixStream stream;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile @Nullable PosixException failure;

  MessageWriter(UnixStream stream) {
    this.stream = stream;
  }

  /**
   * Sends a message. When that fails the stream is of no use any more: it is shut down, so that the
   * reading thread comes back, and nothing is sent again.
   *
   * @param message from its position to its limit
   * @return whether the message is on its way
   */
  boolean send(ByteBuffer message) {
    turn.lock();
    try {
      if (failure != null) {
        return false;
      }
      stream.send(message);
      return true;
    } catch (PosixException e) {
      failure = e;
      stream.shutdown();
      return false;
    } finally {
      turn.unlock();
    }
  }

  /** Why nothing goes out any more; null while all is well. */
  @Nullable PosixException failure() {
    return failure;
  }
}
