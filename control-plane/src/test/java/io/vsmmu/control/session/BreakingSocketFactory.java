package io.vsmmu.control.session;

import io.vsmmu.db.embedded.UnixSocketFactory;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;

/**
 * Connections to PostgreSQL of which one breaks when the n-th statement since {@link #breakAt} is
 * sent. pgjdbc sends a statement, or a part of a COPY, with one write. All connections of the
 * process that use this factory count together.
 */
public final class BreakingSocketFactory extends SocketFactory {

  private static final AtomicInteger LEFT = new AtomicInteger();
  private static final AtomicInteger BROKEN = new AtomicInteger();

  private final UnixSocketFactory sockets;

  /** Made by pgjdbc. */
  public BreakingSocketFactory(String path) {
    sockets = new UnixSocketFactory(path);
  }

  /** The URL of the same database through breaking connections. */
  static String through(String url) {
    return url.replace(UnixSocketFactory.class.getName(), BreakingSocketFactory.class.getName());
  }

  /** The n-th statement from here on breaks its connection; 0 for none. */
  static void breakAt(int n) {
    LEFT.set(n);
    BROKEN.set(0);
  }

  /** The number of connections that were broken since {@link #breakAt}. */
  static int broken() {
    return BROKEN.get();
  }

  @Override
  public Socket createSocket() throws IOException {
    return new BreakingSocket(sockets.createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException("pgjdbc makes unconnected sockets");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException("pgjdbc makes unconnected sockets");
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException("pgjdbc makes unconnected sockets");
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException("pgjdbc makes unconnected sockets");
  }

  private static final class BreakingSocket extends Socket {

    private final Socket real;

    BreakingSocket(Socket real) {
      this.real = real;
    }

    @Override
    public void connect(SocketAddress address) throws IOException {
      real.connect(address);
    }

    @Override
    public void connect(SocketAddress address, int timeout) throws IOException {
      real.connect(address, timeout);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return real.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(real.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          if (LEFT.get() > 0 && LEFT.decrementAndGet() == 0) {
            BROKEN.incrementAndGet();
            real.close();
            throw new IOException("the test breaks this connection");
          }
          out.write(bytes, offset, length);
        }
      };
    }

    @Override
    public void close() throws IOException {
      real.close();
      super.close();
    }

    @Override
    public boolean isClosed() {
      return real.isClosed();
    }

    @Override
    public boolean isConnected() {
      return real.isConnected();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
      return real.getRemoteSocketAddress();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
      real.setSoTimeout(millis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
      return real.getSoTimeout();
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
      real.setTcpNoDelay(on);
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
      real.setKeepAlive(on);
    }
  }
}
