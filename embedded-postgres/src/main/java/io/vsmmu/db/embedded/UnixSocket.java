package io.vsmmu.db.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Adapts the JDK's Unix-domain channel to {@link Socket}, which pgjdbc requires. The channel is
 * non-blocking and a selector waits for it. Unlike with a blocking channel, a read can so have a
 * timeout, and an interrupt does not close the connection; both are as for a TCP socket on a
 * platform thread. One thread may read while another one writes and a third one closes.
 */
final class UnixSocket extends Socket {

  /** Most bytes of one call, for which the JDK caches a direct buffer per thread. */
  private static final int CHUNK_BYTES = 1 << 16;

  private static final int NO_TIMEOUT = 0;

  private final Path path;
  private final SocketChannel channel;
  private final Selector readable;
  private final Selector writable;
  private volatile int timeoutMillis;
  private volatile boolean connected;

  UnixSocket(Path path) throws SocketException {
    super((SocketImpl) null);
    this.path = path;
    try {
      this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      this.readable = Selector.open();
      this.writable = Selector.open();
    } catch (IOException failed) {
      throw asSocketException(failed);
    }
  }

  /** Connects to the path that the constructor got; address and timeout are ignored. */
  @Override
  public void connect(@Nullable SocketAddress unused, int timeout) throws IOException {
    // A Unix socket is connected or refused at once, unless the listener's backlog is full.
    channel.connect(UnixDomainSocketAddress.of(path));
    channel.configureBlocking(false);
    channel.register(readable, SelectionKey.OP_READ);
    channel.register(writable, SelectionKey.OP_WRITE);
    connected = true;
  }

  @Override
  public void connect(@Nullable SocketAddress unused) throws IOException {
    connect(unused, NO_TIMEOUT);
  }

  @Override
  public InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return receive(ByteBuffer.wrap(bytes, offset, Math.min(length, CHUNK_BYTES)));
      }

      @Override
      public void close() throws IOException {
        UnixSocket.this.close();
      }
    };
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
          int some = Math.min(length - done, CHUNK_BYTES);
          send(ByteBuffer.wrap(bytes, offset + done, some));
          done += some;
        }
      }

      @Override
      public void close() throws IOException {
        UnixSocket.this.close();
      }
    };
  }

  private int receive(ByteBuffer into) throws IOException {
    if (!into.hasRemaining()) {
      return 0;
    }
    int timeout = timeoutMillis;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
    try {
      int count = channel.read(into);
      while (count == 0) {
        await(readable, timeout == NO_TIMEOUT ? NO_TIMEOUT : remaining(deadline));
        count = channel.read(into);
      }
      return count;
    } catch (ClosedChannelException | ClosedSelectorException closed) {
      throw asSocketException(closed);
    }
  }

  private void send(ByteBuffer from) throws IOException {
    try {
      while (from.hasRemaining()) {
        if (channel.write(from) == 0) {
          await(writable, NO_TIMEOUT);
        }
      }
    } catch (ClosedChannelException | ClosedSelectorException closed) {
      throw asSocketException(closed);
    }
  }

  private static long remaining(long deadline) throws SocketTimeoutException {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    if (millis <= 0) {
      throw new SocketTimeoutException("Read timed out");
    }
    return millis;
  }

  /** Waits; an interrupt does not fail the call, and the thread is still interrupted afterwards. */
  private static void await(Selector selector, long millis) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      selector.select(millis);
      selector.selectedKeys().clear();
    } finally {
      interrupted |= Thread.interrupted();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static SocketException asSocketException(Exception cause) {
    String message = cause instanceof IOException io ? io.getMessage() : null;
    SocketException failed = new SocketException(message == null ? "Socket closed" : message);
    failed.initCause(cause);
    return failed;
  }

  @Override
  public void close() throws IOException {
    try (channel;
        readable;
        writable) {
      connected = false;
    }
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return connected ? UnixDomainSocketAddress.of(path) : null;
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return null;
  }

  @Override
  public void shutdownInput() throws IOException {
    channel.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void setSoTimeout(int millis) {
    timeoutMillis = millis;
  }

  @Override
  public int getSoTimeout() {
    return timeoutMillis;
  }

  /** Does nothing: a Unix socket has no such option. */
  @Override
  public void setTcpNoDelay(boolean on) {}

  /** Does nothing: a Unix socket has no such option. */
  @Override
  public void setKeepAlive(boolean on) {}

  @Override
  public void setSendBufferSize(int bytes) throws SocketException {
    set(StandardSocketOptions.SO_SNDBUF, bytes);
  }

  @Override
  public void setReceiveBufferSize(int bytes) throws SocketException {
    set(StandardSocketOptions.SO_RCVBUF, bytes);
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return get(StandardSocketOptions.SO_SNDBUF);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return get(StandardSocketOptions.SO_RCVBUF);
  }

  private void set(java.net.SocketOption<Integer> option, int value) throws SocketException {
    try {
      channel.setOption(option, value);
    } catch (IOException failed) {
      throw asSocketException(failed);
    }
  }

  private int get(java.net.SocketOption<Integer> option) throws SocketException {
    try {
      return channel.getOption(option);
    } catch (IOException failed) {
      throw asSocketException(failed);
    }
  }
}
