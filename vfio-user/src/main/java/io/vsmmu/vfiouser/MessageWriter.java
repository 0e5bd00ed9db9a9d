package io.vsmmu.vfiouser;

import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends whole messages, one after the other, whichever threads they are from. {@code sending} is
 * held for the whole of one message, at most {@link ProtocolLimits#sendTimeout}; no other lock is
 * taken under it.
 */
final class MessageWriter {

  private final UnixStream stream;
  private final ReentrantLock sending = new ReentrantLock();
  private volatile @Nullable PosixException failure;

  MessageWriter(UnixStream stream) {
    this.stream = stream;
  }

  /**
   * Sends a message. After a failure the stream may end within a message, so it is shut down, the
   * reading thread finds its end, and nothing is sent any more.
   *
   * @param message from its position to its limit
   * @return whether all of it was handed to the kernel
   */
  boolean send(ByteBuffer message) {
    sending.lock();
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
      sending.unlock();
    }
  }

  /** Why sending failed; null while nothing failed. */
  @Nullable PosixException failure() {
    return failure;
  }
}
