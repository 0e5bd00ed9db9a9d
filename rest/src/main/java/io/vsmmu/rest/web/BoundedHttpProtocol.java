package io.vsmmu.rest.web;

import static java.util.stream.Collectors.groupingBy;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 with bounds that Tomcat lacks. Tomcat creates it by the name of its class.
 *
 * <p>The time from the first byte of a request to the end of its headers: Tomcat's own limit begins
 * again with every byte, so a client that sends one now and then keeps a connection for ever.
 *
 * <p>The share of the connections that may wait for a request: Tomcat accepts no more than its
 * maximum, so clients that connect and stay silent keep every other client in the backlog until
 * their connection-timeout. When {@value #CROWDED_PERCENT} % of the maximum are open, those that
 * have waited longest for a first or a next request are closed until {@value #ROOMY_PERCENT} % are
 * left. A client may always find a connection closed that it does not use (RFC 9112 9.5).
 *
 * <p>The connections of one client ({@link ConnectionClient}): with requests that last it could
 * take all of them. The same holds for them as for all connections, and what exceeds their number
 * is closed when it is accepted.
 */
public final class BoundedHttpProtocol extends Http11NioProtocol {

  private static final int CROWDED_PERCENT = 75;
  private static final int ROOMY_PERCENT = 50;
  private static final int PERCENT = 100;
  private static final long MOST_MILLIS_BETWEEN_LOOKS = 200;

  private final ClientEndpoint endpoint;
  private volatile Duration headerTime = Duration.ofSeconds(20);
  private volatile boolean watching;

  public BoundedHttpProtocol() {
    this(new ClientEndpoint());
  }

  private BoundedHttpProtocol(ClientEndpoint endpoint) {
    super(endpoint);
    this.endpoint = endpoint;
  }

  /** Sets the time from the first byte of a request to the end of its headers. */
  void setHeaderTime(Duration longest) {
    headerTime = longest;
  }

  /** Sets the number of connections of one client at the same time; there is no limit without. */
  void setClientConnections(int most) {
    endpoint.mostOfClient = most;
  }

  /** Requests of a Unix socket come with the user that sends them. */
  @Override
  protected Processor createProcessor() {
    return endpoint.getUnixDomainSocketPath() == null
        ? super.createProcessor()
        : new PeerProcessor(this, getAdapter());
  }

  /** Accepts no more connections of one client than it may have. */
  private static final class ClientEndpoint extends NioEndpoint {

    private volatile int mostOfClient = Integer.MAX_VALUE;

    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
      if (exceeds(socket)) {
        // The acceptor closes only what was registered, and it has counted the connection.
        destroySocket(socket);
        return false;
      }
      return super.setSocketOptions(socket);
    }

    private boolean exceeds(SocketChannel socket) {
      if (getConnections().size() < mostOfClient) {
        return false;
      }
      String client = ConnectionClient.of(socket);
      return getConnections().stream().filter(it -> client.equals(ConnectionClient.of(it))).count()
          >= mostOfClient;
    }
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

  /**
   * A connection that has read since its last answer, and on which no thread worked at the last
   * look.
   *
   * @param lastWrite time of the last answer, in milliseconds
   * @param lastRead time of the first read after it, which may have found no byte, in milliseconds
   * @param since {@code System.nanoTime()} of the last look before a byte was read for sure
   */
  private record Begun(long lastWrite, long lastRead, long since) {}

  private void watch() {
    Map<SocketWrapperBase<NioChannel>, Begun> begun = new HashMap<>();
    long look = Math.max(1, Math.min(MOST_MILLIS_BETWEEN_LOOKS, headerTime.toMillis() / 4));
    try {
      while (watching) {
        Thread.sleep(look);
        makeRoom(begun);
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

  private void makeRoom(Map<SocketWrapperBase<NioChannel>, Begun> begun) {
    Collection<SocketWrapperBase<NioChannel>> all = getEndpoint().getConnections();
    int most = getMaxConnections();
    if (most >= 0) {
      makeRoom(all, most, begun);
    }
    int mostOfClient = endpoint.mostOfClient;
    if (isCrowded(all.size(), mostOfClient)) {
      all.stream()
          .collect(groupingBy(ConnectionClient::of))
          .values()
          .forEach(own -> makeRoom(own, mostOfClient, begun));
    }
  }

  private static boolean isCrowded(int open, int most) {
    return open >= (long) most * CROWDED_PERCENT / PERCENT;
  }

  /** Closes those that wait longest for a request if there are too many. */
  private static void makeRoom(
      Collection<SocketWrapperBase<NioChannel>> open,
      int most,
      Map<SocketWrapperBase<NioChannel>, Begun> begun) {
    if (!isCrowded(open.size(), most)) {
      return;
    }
    long surplus = open.size() - (long) most * ROOMY_PERCENT / PERCENT;
    open.stream()
        .filter(NioSocketWrapper.class::isInstance)
        .map(NioSocketWrapper.class::cast)
        .filter(connection -> waitsForRequest(connection, begun.get(connection)))
        .sorted(Comparator.comparingLong(NioSocketWrapper::getLastRead))
        .limit(surplus)
        .forEach(NioSocketWrapper::close);
  }

  /** Whether no byte of a request was read since the last answer, or at all. */
  private static boolean waitsForRequest(NioSocketWrapper connection, @Nullable Begun before) {
    return !connection.getLock().isLocked()
        && connection.getCurrentProcessor() == null
        && (before == null || !hasRead(connection, before));
  }

  private void look(NioSocketWrapper connection, Map<SocketWrapperBase<NioChannel>, Begun> begun) {
    if (!mayHaveBegun(connection)) {
      begun.remove(connection);
      return;
    }
    long now = System.nanoTime();
    Begun before = begun.get(connection);
    if (before == null || !hasRead(connection, before)) {
      begun.put(connection, new Begun(connection.getLastWrite(), connection.getLastRead(), now));
    } else if (now - before.since() > headerTime.toNanos()) {
      begun.remove(connection);
      connection.close();
    }
  }

  /**
   * Whether no thread works on the connection, and a part of the headers, an empty line before
   * them, or nothing at all was read since the last answer: Tomcat notes the time of a read that
   * gives no byte too, and makes one after each answer. A connection that a thread works on is
   * locked.
   */
  private static boolean mayHaveBegun(NioSocketWrapper connection) {
    if (connection.getLock().isLocked()) {
      return false;
    }
    return connection.getCurrentProcessor() instanceof Processor processor
        ? !processor.isAsync()
        : connection.getLastRead() > connection.getLastWrite();
  }

  /**
   * Whether a byte of a request was read since the last answer, seen from an earlier look. A
   * processor stays with a connection from the first byte of a request line on. An empty line
   * leaves none, but is a read after the one that follows the answer.
   */
  private static boolean hasRead(NioSocketWrapper connection, Begun before) {
    return before.lastWrite() == connection.getLastWrite()
        && (connection.getCurrentProcessor() != null
            || before.lastRead() != connection.getLastRead());
  }
}
