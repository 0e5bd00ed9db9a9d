package io.vsmmu.control.rest.web;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * HTTP/1.1 with a bound for the time from the first byte of a request to the end of its headers.
 * Tomcat's own limit begins again with every byte: who sends one now and then keeps a connection
 * for ever. Tomcat makes it by name.
 */
public final class BoundedHttpProtocol extends Http11NioProtocol {

  private volatile Duration headerTime = Duration.ofSeconds(20);
  private volatile boolean watching;

  /** How long the headers of a request may take. */
  void setHeaderTime(Duration longest) {
    headerTime = longest;
  }

  @Override
  public void start() throws Exception {
    super.start();
    watching = true;
    Thread.ofVirtual().name("http-headers").start(this::watch);
  }

  @Override
  public void stop() throws Exception {
    watching = false;
    super.stop();
  }

  /** A request that has begun and has not reached the application. */
  private record Begun(long lastWrite, long since) {}

  private void watch() {
    Map<SocketWrapperBase<NioChannel>, Begun> begun = new HashMap<>();
    long look = Math.max(1, Math.min(1000, headerTime.toMillis() / 4));
    try {
      while (watching) {
        Thread.sleep(look);
        begun.keySet().retainAll(getEndpoint().getConnections());
        for (SocketWrapperBase<NioChannel> connection : getEndpoint().getConnections()) {
          if (connection instanceof NioSocketWrapper parked) {
            look(parked, begun);
          }
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(NioSocketWrapper connection, Map<SocketWrapperBase<NioChannel>, Begun> begun) {
    if (!underWay(connection)) {
      begun.remove(connection);
      return;
    }
    long now = System.nanoTime();
    long lastWrite = connection.getLastWrite();
    Begun before = begun.get(connection);
    if (before == null || before.lastWrite() != lastWrite) {
      begun.put(connection, new Begun(lastWrite, now));
    } else if (now - before.since() > headerTime.toNanos()) {
      begun.remove(connection);
      connection.close();
    }
  }

  /**
   * Whether something was read and nobody works on it: a part of the headers, or empty lines before
   * them. A connection that is worked on is locked; one that waits for its next request has written
   * since it read.
   */
  private static boolean underWay(NioSocketWrapper connection) {
    if (connection.getLock().isLocked()) {
      return false;
    }
    return connection.getCurrentProcessor() instanceof Processor processor
        ? !processor.isAsync()
        : connection.getLastRead() > connection.getLastWrite();
  }
}
