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
 * A connected Unix stream socket that carries descriptors.
 *
 * <p>One thread may receive while another sends; two receivers or two senders at a time are the
 * callers' mistake. {@link #shutdown} and {@link #close} may come from anywhere. Buffers are
 * direct; what is received and sent is what lies between position and limit, and the position moves
 * on.
 */
public final class UnixStream implements AutoCloseable {

  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SHUT_RDWR = 2;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  private final Fd fd;
  private final MessageHeader received = new MessageHeader();
  private final MessageHeader sent = new MessageHeader();

  /** Nanoseconds that one send may take; 0 for as long as it takes. */
  private volatile long sendNanos;

  UnixStream(Fd fd) {
    this.fd = fd;
  }

  /** Two streams that are connected with each other. */
  public record Pair(UnixStream first, UnixStream second) {}

  /**
   * Makes two streams that are connected with each other.
   *
   * @throws PosixException when descriptors have run out
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
   * Connects to a listening socket; waits while its backlog is full.
   *
   * @throws PosixException ENOENT, ECONNREFUSED, EACCES, ENAMETOOLONG, ...
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

  /** One whose every send is a message of its own. */
  static UnixStream datagram(Path path) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      return datagram(SocketAddress.of(path, arena));
    }
  }

  /** As {@link #datagram(Path)}, to a name in the abstract space. */
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

  /** A socket that is not connected yet. */
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

  /** The descriptor; stays the stream's. */
  Fd fd() {
    return fd;
  }

  /**
   * Who is at the other end.
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
   * Lets a send fail that takes longer in all: with ETIMEDOUT, and perhaps in the middle of a
   * message, so that the stream is of no use any more.
   *
   * @param timeout zero for none
   * @throws PosixException EBADF when the stream is closed
   */
  public void sendTimeout(Duration timeout) throws PosixException {
    sendNanos = timeout.toNanos();
    timeout(SocketOptions.SEND_TIMEOUT, timeout);
  }

  /** Whether the peer has closed its end. What it sent before may still be there. */
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
   * Lets a receive fail with ETIMEDOUT when nothing comes for so long.
   *
   * @param timeout zero for none
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
   * Receives what there is, and the descriptors with it: at most {@link PosixLimits#DESCRIPTORS},
   * more are closed.
   *
   * @param direct with room for at least one byte
   * @param descriptors what came is appended; the caller closes them
   * @return bytes; 0 at the end of the stream
   * @throws PosixException ECONNRESET, ETIMEDOUT, EBADF when the stream is closed, ...
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
   * As {@link #receive(ByteBuffer, List)}, with an end.
   *
   * @param deadline in {@link System#nanoTime}'s time
   * @throws PosixException ETIMEDOUT when nothing came until then
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
   * As {@link #receive(ByteBuffer)}, with an end.
   *
   * @param deadline in {@link System#nanoTime}'s time
   * @throws PosixException ETIMEDOUT when nothing came until then
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

  /** After a call that would have waited. */
  private static void awaitOrThrow(int number, short events, long deadline, String call)
      throws PosixException {
    int errno = Libc.errno();
    if (errno == Errno.EAGAIN) {
      if (!Poll.awaitReady(number, events, deadline)) {
        throw new PosixException(call, Errno.ETIMEDOUT);
      }
    } else if (errno != Errno.EINTR) {
      throw new PosixException(call, errno);
    }
  }

  /**
   * Receives what there is; descriptors that come with it are closed.
   *
   * @param direct with room for at least one byte
   * @return bytes; 0 at the end of the stream
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
   * Sends all of it, the descriptors with the first byte.
   *
   * @param direct at least one byte
   * @param descriptors at most {@link PosixLimits#DESCRIPTORS}; stay the caller's
   * @throws PosixException EPIPE, ETIMEDOUT, EBADF when the stream or a descriptor is closed, ...
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

  /**
   * Sends all of it.
   *
   * @param direct at least one byte
   * @throws PosixException EPIPE, ETIMEDOUT, EBADF when the stream is closed, ...
   */
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
    // A kernel's timeout begins again with every byte that the peer takes.
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
    if (errno != Errno.EINTR) {
      throw new PosixException(call, errno == Errno.EAGAIN ? Errno.ETIMEDOUT : errno);
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

  /** Ends both directions: who waits in a receive or send gets the end of the stream or EPIPE. */
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

  /** Shuts down and closes; calls that are under way come back first. */
  @Override
  public void close() {
    shutdown();
    fd.close();
  }
}
