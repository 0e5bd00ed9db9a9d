package io.vsmmu.rest.web;

import io.vsmmu.rest.access.LocalPeer;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.coyote.Adapter;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Requests of a Unix socket, which notes with each of them the user that has connected. Such a
 * connection has no addresses: Tomcat must not ask for them.
 */
final class PeerProcessor extends Http11Processor {

  /** Of the notes of a request 17 to 31 are for applications (org.apache.coyote.Request). */
  private static final int NOTE = 20;

  PeerProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
    super(protocol, adapter);
  }

  @Override
  public SocketState service(SocketWrapperBase<?> connection) throws IOException {
    getRequest()
        .setNote(
            NOTE,
            connection.getSocket() instanceof NioChannel channel && channel.getIOChannel() != null
                ? ConnectionClient.user(channel.getIOChannel())
                : null);
    return super.service(connection);
  }

  @Override
  protected boolean getPopulateRequestAttributesFromSocket() {
    return false;
  }

  /** Leaves the user for {@link LocalPeer}; nothing if the request was received over TCP. */
  static void describe(Request request) {
    if (request.getCoyoteRequest().getNote(NOTE) instanceof String user) {
      LocalPeer.set(request, user);
      request.setRemoteAddr("unix:" + user);
      request.setRemoteHost("unix:" + user);
    }
  }
}
