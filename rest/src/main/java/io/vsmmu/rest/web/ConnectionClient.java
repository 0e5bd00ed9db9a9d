package io.vsmmu.rest.web;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** Whom a connection is counted for, before anything was received on it: the peer's address. */
final class ConnectionClient {

  /** The client of connections that are closed meanwhile. */
  private static final String NONE = "";

  private ConnectionClient() {}

  /** The client of a connection: a name that is the same for all connections of the client. */
  static String of(SocketWrapperBase<NioChannel> connection) {
    NioChannel channel = connection.getSocket();
    return channel == null || channel.getIOChannel() == null ? NONE : of(channel.getIOChannel());
  }

  /** As {@link #of(SocketWrapperBase)}. */
  static String of(SocketChannel connection) {
    try {
      return connection.getRemoteAddress() instanceof InetSocketAddress peer
          ? peer.getAddress().getHostAddress()
          : NONE;
    } catch (IOException closed) {
      return NONE;
    }
  }
}
