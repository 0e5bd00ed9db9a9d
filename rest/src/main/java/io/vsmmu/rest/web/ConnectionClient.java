package io.vsmmu.rest.web;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Whom a connection is counted for, before anything was received on it: the peer's address, or its
 * user.
 */
final class ConnectionClient {

  /** The client of connections that are closed meanwhile. */
  private static final String NONE = "";

  private ConnectionClient() {}

  /** The client of a connection: a name that is the same for all connections of the client. */
  static String of(SocketWrapperBase<NioChannel> connection) {
    NioChannel channel = connection.getSocket();
    return channel == null || channel.getIOChannel() == null ? NONE : of(channel.getIOChannel());
  }

  /**
   * The name of the user that has connected to a Unix socket, as the kernel noted it then
   * (SO_PEERCRED); its number if it has no name, null if it is unknown.
   */
  static @Nullable String user(SocketChannel connection) {
    try {
      return connection.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
    } catch (IOException | UnsupportedOperationException unknown) {
      return null;
    }
  }

  /** As {@link #of(SocketWrapperBase)}. */
  static String of(SocketChannel connection) {
    try {
      return connection.getRemoteAddress() instanceof InetSocketAddress peer
          ? peer.getAddress().getHostAddress()
          : String.valueOf(user(connection));
    } catch (IOException closed) {
      return NONE;
    }
  }
}
