package io.vsmmu.db.embedded;

import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import javax.net.SocketFactory;

/**
 * Makes pgjdbc speak through a Unix socket: named by its properties {@code socketFactory} and
 * {@code socketFactoryArg}. The host and port of the URL are of no meaning.
 */
public final class UnixSocketFactory extends SocketFactory {

  private final Path path;

  /**
   * For one socket.
   *
   * @param path of at most 107 bytes
   */
  public UnixSocketFactory(String path) {
    this.path = Path.of(path);
  }

  @Override
  public Socket createSocket() throws SocketException {
    return new UnixSocket(path);
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw connectedOnly();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw connectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw connectedOnly();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw connectedOnly();
  }

  private static UnsupportedOperationException connectedOnly() {
    return new UnsupportedOperationException("A Unix socket is made first and connected then");
  }
}
