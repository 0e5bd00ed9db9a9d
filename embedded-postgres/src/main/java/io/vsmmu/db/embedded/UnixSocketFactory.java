package io.vsmmu.db.embedded;

import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import javax.net.SocketFactory;

/**
 * Makes pgjdbc connect through a Unix socket. The driver creates it by the name in the connection
 * property {@code socketFactory}, with the value of {@code socketFactoryArg}; host and port of the
 * URL are ignored.
 */
public final class UnixSocketFactory extends SocketFactory {

  private final Path path;

  /**
   * Makes a factory for connections to one socket; called by pgjdbc.
   *
   * @param path of the socket, at most 107 bytes long
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
    return new UnsupportedOperationException(
        "This factory creates unconnected sockets only: call createSocket() and then connect()");
  }
}
