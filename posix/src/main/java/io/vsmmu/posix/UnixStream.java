package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A connected Unix socket that can transfer descriptors.
 *
 * <p>One thread may receive while another one sends, but two threads must not receive, or send, at
 * the same time. {@link #shutdown} and {@link #close} may be called by any thread. Buffers must be
 * direct. Bytes are received into, or sent from, the range between position and limit, and the
 * position advances.
 */
public final class UnixStream implements AutoCloseable {

  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SHUT_RDWR = 2;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  /** What {@link #receiveAvailable} returns while the peer has sent nothing. */
  public static final int NOTHING_YET = -1;

  private final Fd fd;
  private final MessageHeader received = new MessageHeader();
  private final MessageHeader sent = new MessageHeader();

  /** Nanoseconds that one send may take in all; 0 for no limit. */
  private volatile long sendNanos;

  UnixStream(Fd fd) {
    this.fd = fd;
  }

  /** Two streams that are connected to each other. */
  public record Pair(UnixStream first, UnixStream second) {}

  /**
   * socketpair(2): two streams that are connected to each other.
   *
   * @throws PosixException EMFILE, ENFILE when no descriptor is left
   */
  public static Pair pair() throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment two = arena.allocate(ValueLayout.JAVA_INT, 2);
      Libc.checked(
          Libc.CALLS.socketpair(
              SocketAddress.AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, two.address()),
          "socketpair");
      return new Pair(
          new UnixStream(Fd.owning(two.getAtIndex(ValueLayout.JAVA_INT, 0))),
          new UnixStream(Fd.owning(two.getAtIndex(ValueLayout.JAVA_INT, 1))));
    }
  }

  /**
   * Connects to a listening socket; blocks while its backlog is full.
   *
   * @throws PosixException ENOENT when there is no such file; ECONNREFUSED when no process listens
   *     on it; EACCES without permission to write to it; ENAMETOOLONG; other errors of connect(2)
   */
  public static UnixStream connect(Path path) throws PosixException {
    Fd fd = socket(0);
    try {
      connect(fd, path);
      return new UnixStream(fd);
    } catch (PosixException e) {
      fd.close();
      throw e;
    }
  }

  /** A datagram socket that is connected to a path: every send is a message of its own. */
  static UnixStream datagram(Path path) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      return datagram(SocketAddress.of(path, arena));
    }
  }

  /** As {@link #datagram(Path)}, connected to a name in the abstract namespace. */
  static UnixStream datagramToAbstract(String name) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      return datagram(SocketAddress.ofAbstract(name, arena));
    }
  }

  private static UnixStream datagram(SocketAddress address) throws PosixException {
    Fd fd = open(SOCK_DGRAM | SOCK_CLOEXEC);
    try {
      connect(fd, address);
      return new UnixStream(fd);
    } catch (PosixException e) {
      fd.close();
      throw e;
    }
  }

  /** A stream socket that is not connected, with additional flags of socket(2). */
  static Fd socket(int moreFlags) throws PosixException {
    return open(SOCK_STREAM | SOCK_CLOEXEC | moreFlags);
  }

  private static Fd open(int type) throws PosixException {
    return Fd.owning(Libc.checked(Libc.CALLS.socket(SocketAddress.AF_UNIX, type, 0), "socket"));
  }

  static void connect(Fd fd, Path path) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      connect(fd, SocketAddress.of(path, arena));
    }
  }

  private static void connect(Fd fd, SocketAddress address) throws PosixException {
    int number = fd.hold("connect");
    try {
      while (Libc.CALLS.connect(number, address.address(), address.length()) < 0) {
        throwUnlessInterrupted("connect");
      }
    } finally {
      fd.drop();
    }
  }

  /** The descriptor, which the stream closes. */
  Fd fd() {
    return fd;
  }

  /**
   * Credentials of the peer when it connected.
   *
   * @throws PosixException EBADF when the stream is closed
   */
  public PeerCredentials peer() throws PosixException {
    int number = fd.hold("getsockopt");
    try {
      return SocketOptions.peer(number);
    } finally {
      fd.drop();
    }
  }

  /**
   * Limits how long one send may take in all. A send that takes longer fails with ETIMEDOUT,
   * perhaps after a part of its bytes was sent, so that the stream cannot be used for further
   * messages.
   *
   * @param timeout zero for no limit
   * @throws PosixException EBADF when the stream is closed
   */
  public void sendTimeout(Duration timeout) throws PosixException {
    sendNanos = timeout.toNanos();
    timeout(SocketOptions.SEND_TIMEOUT, timeout);
  }

  /**
   * Whether the peer has closed its end, or this stream is closed. Bytes that the peer sent before
   * may not have been received yet. Does not block.
   */
  public boolean peerGone() {
    try {
      int number = fd.hold("poll");
      try {
        return Poll.hungUp(number);
      } finally {
        fd.drop();
      }
    } catch (PosixException closed) {
      return true;
    }
  }

  /**
   * Limits how long a receive without a deadline waits for its first byte; then it fails with
   * ETIMEDOUT.
   *
   * @param timeout zero for no limit
   * @throws PosixException EBADF when the stream is closed
   */
  public void receiveTimeout(Duration timeout) throws PosixException {
    timeout(SocketOptions.RECEIVE_TIMEOUT, timeout);
  }

  private void timeout(int option, Duration timeout) throws PosixException {
    int number = fd.hold("setsockopt");
    try {
      SocketOptions.timeout(number, option, timeout);
    } finally {
      fd.drop();
    }
  }

  /**
   * Waits for bytes and receives those that are available, with the descriptors that were sent with
   * them. At most {@link PosixLimits#DESCRIPTORS} descriptors are received; the kernel closes
   * others.
   *
   * @param direct direct buffer with space for at least one byte
   * @param descriptors to which the received ones are appended; the caller closes them
   * @return number of bytes, 0 at the end of the stream
   * @throws PosixException ECONNRESET; ETIMEDOUT after {@link #receiveTimeout}; EBADF when the
   *     stream is closed; other errors of recvmsg(2)
   */
  public int receive(ByteBuffer direct, List<Fd> descriptors) throws PosixException {
    received.prepare(address(direct), direct.remaining());
    int number = fd.hold("recvmsg");
    try {
      long length;
      while ((length = Libc.CALLS.recvmsg(number, received.address(), MSG_CMSG_CLOEXEC)) < 0) {
        throwUnlessInterrupted("recvmsg");
      }
      received.takeDescriptors(descriptors);
      return moved(direct, length);
    } finally {
      fd.drop();
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #receive(ByteBuffer, List)}, without waiting.
   *
   * @return number of bytes, 0 at the end of the stream, {@link #NOTHING_YET} if none is available
   */
  public int receiveAvailable(ByteBuffer direct, List<Fd> descriptors) throws PosixException {
    received.prepare(address(direct), direct.remaining());
    int number = fd.hold("recvmsg");
    try {
      long length;
      while ((length =
              Libc.CALLS.recvmsg(number, received.address(), MSG_CMSG_CLOEXEC | MSG_DONTWAIT))
          < 0) {
        if (Libc.errno() == Errno.EAGAIN.number()) {
          return NOTHING_YET;
        }
        throwUnlessInterrupted("recvmsg");
      }
      received.takeDescriptors(descriptors);
      return moved(direct, length);
    } finally {
      fd.drop();
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #receive(ByteBuffer, List)}, with a deadline.
   *
   * @param deadline a {@link System#nanoTime}
   * @throws PosixException ETIMEDOUT when there was no byte until then
   */
  public int receive(ByteBuffer direct, List<Fd> descriptors, long deadline) throws PosixException {
    received.prepare(address(direct), direct.remaining());
    int number = fd.hold("recvmsg");
    try {
      int flags = MSG_CMSG_CLOEXEC | MSG_DONTWAIT;
      long length;
      while ((length = Libc.CALLS.recvmsg(number, received.address(), flags)) < 0) {
        awaitOrThrow(number, Poll.IN, deadline, "recvmsg");
      }
      received.takeDescriptors(descriptors);
      return moved(direct, length);
    } finally {
      fd.drop();
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #receive(ByteBuffer)}, with a deadline.
   *
   * @param deadline a {@link System#nanoTime}
   * @throws PosixException ETIMEDOUT when there was no byte until then
   */
  public int receive(ByteBuffer direct, long deadline) throws PosixException {
    long address = address(direct);
    int number = fd.hold("recv");
    try {
      long length;
      while ((length = Libc.CALLS.recv(number, address, direct.remaining(), MSG_DONTWAIT)) < 0) {
        awaitOrThrow(number, Poll.IN, deadline, "recv");
      }
      return moved(direct, length);
    } finally {
      fd.drop();
      Reference.reachabilityFence(direct);
    }
  }

  /**
   * After a non-blocking call has failed: returns when it should be repeated.
   *
   * @throws PosixException ETIMEDOUT after the deadline; the call's errno unless it would have
   *     blocked or was interrupted
   */
  private static void awaitOrThrow(int number, short events, long deadline, String call)
      throws PosixException {
    int errno = Libc.errno();
    if (errno == Errno.EAGAIN.number()) {
      if (!Poll.awaitReady(number, events, deadline)) {
        throw new PosixException(call, Errno.ETIMEDOUT.number());
      }
    } else if (errno != Errno.EINTR.number()) {
      throw new PosixException(call, errno);
    }
  }

  /**
   * Waits for bytes and receives those that are available; descriptors that were sent with them are
   * closed.
   *
   * @param direct direct buffer with space for at least one byte
   * @return number of bytes, 0 at the end of the stream
   * @throws PosixException as {@link #receive(ByteBuffer, List)}
   */
  public int receive(ByteBuffer direct) throws PosixException {
    long address = address(direct);
    int number = fd.hold("recv");
    try {
      long length;
      while ((length = Libc.CALLS.recv(number, address, direct.remaining(), 0)) < 0) {
        throwUnlessInterrupted("recv");
      }
      return moved(direct, length);
    } finally {
      fd.drop();
      Reference.reachabilityFence(direct);
    }
  }

  /**
   * Sends the whole buffer, with the descriptors attached to its first byte. Blocks until the
   * kernel has taken everything.
   *
   * @param direct direct buffer with at least one byte
   * @param descriptors at most {@link PosixLimits#DESCRIPTORS}; the caller still closes them
   * @throws PosixException EPIPE when the peer has closed its end; ETIMEDOUT after {@link
   *     #sendTimeout}; EBADF when the stream or a descriptor is closed; other errors of sendmsg(2)
   */
  public void send(ByteBuffer direct, List<Fd> descriptors) throws PosixException {
    long begin = System.nanoTime();
    int number = fd.hold("sendmsg");
    try {
      if (!descriptors.isEmpty()) {
        sendFirst(number, direct, descriptors);
      }
      sendRest(number, direct, begin);
    } finally {
      fd.drop();
    }
  }

  /** As {@link #send(ByteBuffer, List)}, without descriptors. */
  public void send(ByteBuffer direct) throws PosixException {
    send(direct, List.of());
  }

  private void sendFirst(int number, ByteBuffer direct, List<Fd> descriptors)
      throws PosixException {
    if (descriptors.size() > PosixLimits.DESCRIPTORS) {
      throw new IllegalArgumentException("too many descriptors: " + descriptors.size());
    }
    int[] numbers = new int[descriptors.size()];
    int held = 0;
    try {
      for (; held < numbers.length; held++) {
        numbers[held] = descriptors.get(held).hold("sendmsg");
      }
      sent.prepare(address(direct), direct.remaining(), numbers);
      long length;
      while ((length = Libc.CALLS.sendmsg(number, sent.address(), MSG_NOSIGNAL)) < 0) {
        throwUnlessInterrupted("sendmsg");
      }
      moved(direct, length);
    } finally {
      descriptors.subList(0, held).forEach(Fd::drop);
      Reference.reachabilityFence(this);
    }
  }

  private void sendRest(int number, ByteBuffer direct, long begin) throws PosixException {
    long most = sendNanos;
    // SO_SNDTIMEO is not sufficient, because it starts again when the peer has received some bytes.
    int flags = most == 0 ? MSG_NOSIGNAL : MSG_NOSIGNAL | MSG_DONTWAIT;
    try {
      while (direct.hasRemaining()) {
        long length = Libc.CALLS.send(number, address(direct), direct.remaining(), flags);
        if (length >= 0) {
          moved(direct, length);
        } else if (most == 0) {
          throwUnlessInterrupted("send");
        } else {
          awaitOrThrow(number, Poll.OUT, begin + most, "send");
        }
      }
    } finally {
      Reference.reachabilityFence(direct);
    }
  }

  private static void throwUnlessInterrupted(String call) throws PosixException {
    int errno = Libc.errno();
    if (errno != Errno.EINTR.number()) {
      throw new PosixException(
          call, errno == Errno.EAGAIN.number() ? Errno.ETIMEDOUT.number() : errno);
    }
  }

  private static long address(ByteBuffer direct) {
    if (!direct.isDirect() || !direct.hasRemaining()) {
      throw new IllegalArgumentException("not direct, or nothing between position and limit");
    }
    return MemorySegment.ofBuffer(direct).address();
  }

  private static int moved(ByteBuffer direct, long length) {
    direct.position(direct.position() + (int) length);
    return (int) length;
  }

  /**
   * shutdown(2) of both directions: a receive in progress, here or at the peer, returns the end of
   * the stream, and a send fails with EPIPE. Does nothing when the stream is closed.
   */
  public void shutdown() {
    try {
      int number = fd.hold("shutdown");
      try {
        Libc.CALLS.shutdown(number, SHUT_RDWR);
      } finally {
        fd.drop();
      }
    } catch (PosixException closed) {
      return;
    }
  }

  /** Shuts down, which ends calls in progress, and closes the descriptor after they returned. */
  @Override
  public void close() {
    shutdown();
    fd.close();
  }
}
