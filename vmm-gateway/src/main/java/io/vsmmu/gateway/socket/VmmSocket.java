package io.vsmmu.gateway.socket;

import io.vsmmu.gateway.device.ExpansionRom;
import io.vsmmu.gateway.device.GatewayCounters;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.posix.PeerCredentials;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.SocketListener;
import io.vsmmu.posix.UnixAcceptor;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.vfiouser.ConnectionEnd;
import io.vsmmu.vfiouser.LinkRelay;
import io.vsmmu.vfiouser.ProtocolLimits;
import io.vsmmu.vfiouser.RateLimitedLog;
import io.vsmmu.vfiouser.VfioUserConnection;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The vfio-user socket of one vSMMU. One VMM at a time: who comes while it is there, or before what
 * it asked for is in the log, waits for its end; a stock VMM does not try again. Safe for any
 * thread.
 */
public final class VmmSocket implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(VmmSocket.class.getName());

  /**
   * What a socket is made of.
   *
   * @param name the vSMMU's
   * @param path of the socket
   * @param memoryFile the guest's RAM, for VMMs that pass no descriptors
   * @param uids who may connect
   * @param vsmmu asked for when a VMM connects, may fail while the log is away
   * @param rom the function's expansion ROM, asked for when a VMM connects, may fail likewise
   */
  public record Settings(
      String name,
      Path path,
      Path memoryFile,
      Set<Integer> uids,
      Supplier<SmmuFunction.Vsmmu> vsmmu,
      Supplier<ExpansionRom> rom,
      GatewayCounters counters) {}

  /** A VMM that is served. */
  private record Served(VfioUserConnection connection, SmmuFunction function, Thread thread) {}

  private final Settings place;
  private final SocketListener listening;
  private final RateLimitedLog refusals =
      new RateLimitedLog(
          line -> LOGGER.log(Level.WARNING, line),
          SocketLimits.LOG_LINES,
          SocketLimits.LOG_INTERVAL,
          System::nanoTime);
  private final RateLimitedLog comings =
      new RateLimitedLog(
          line -> LOGGER.log(Level.INFO, line),
          SocketLimits.LOG_LINES,
          SocketLimits.LOG_INTERVAL,
          System::nanoTime);
  private final ProtocolLimits protocol;
  private final ConnectionQueue queue;
  private boolean closed;
  private @Nullable Served served;

  private VmmSocket(
      Settings place, UnixAcceptor acceptor, SocketLimits limits, ProtocolLimits protocol)
      throws PosixException {
    this.place = place;
    this.queue = new ConnectionQueue(limits, System::nanoTime);
    this.protocol = protocol;
    this.listening = acceptor.listen(place.path(), SocketLimits.MODE, this::accepted);
  }

  /**
   * Begins to listen.
   *
   * @throws PosixException when the socket cannot be made: its path is longer than 107 bytes, or
   *     something that is no stale socket lies there
   */
  public static VmmSocket open(Settings place, UnixAcceptor acceptor) throws PosixException {
    return open(place, acceptor, SocketLimits.DEFAULT, ProtocolLimits.DEFAULT);
  }

  /**
   * Begins to listen, with bounds of its own.
   *
   * @throws PosixException as {@link #open(Settings, UnixAcceptor)}
   */
  static VmmSocket open(
      Settings place, UnixAcceptor acceptor, SocketLimits limits, ProtocolLimits protocol)
      throws PosixException {
    return new VmmSocket(place, acceptor, limits, protocol);
  }

  /** Where it is. */
  public Path path() {
    return place.path();
  }

  /** The STE of a stream in the memory of the guest that is there now. */
  public Optional<SteFetch> read(int streamId) {
    // Not while nobody else may look: the VMM may take its time with the answer.
    return Optional.ofNullable(served()).map(vmm -> vmm.function().read(streamId));
  }

  /** Whether a VMM is connected. */
  public boolean isServed() {
    return served() != null;
  }

  /**
   * Where the guest has the register frame, as its firmware or kernel wrote it into BAR0; empty
   * when no VMM is connected or the function does not decode memory.
   */
  public OptionalLong frame() {
    Served vmm = served();
    return vmm == null ? OptionalLong.empty() : vmm.connection().barAddress();
  }

  private synchronized @Nullable Served served() {
    return served;
  }

  /** Stops listening and sends the VMM away; returns when the log knows. */
  @Override
  public void close() {
    listening.close();
    queue.close();
    Served last;
    synchronized (this) {
      closed = true;
      last = served;
    }
    if (last != null) {
      last.connection().close();
      try {
        last.thread().join(SocketLimits.CLOSE_TIMEOUT);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** On the acceptor's thread. */
  private void accepted(UnixStream stream) {
    Optional<PeerCredentials> peer = admitted(stream);
    if (peer.isEmpty()) {
      stream.close();
    } else if (queue.takeNow()) {
      start(stream, peer.get());
    } else {
      Thread.ofVirtual().name("successor-" + place.name()).start(() -> await(stream, peer.get()));
    }
  }

  private void await(UnixStream stream, PeerCredentials peer) {
    ConnectionQueue.Turn turn = queue.await(stream::peerGone);
    switch (turn) {
      case TAKEN -> start(stream, peer);
      case CROWDED -> turnAway(stream, peer, "too many wait for the VMM that is connected");
      case TOO_LATE -> turnAway(stream, peer, "another VMM is connected");
      case LEFT, CLOSED -> stream.close();
    }
  }

  private void turnAway(UnixStream stream, PeerCredentials peer, String why) {
    refuse("process %d is turned away: %s".formatted(peer.pid(), why));
    stream.close();
  }

  /** A thread of its own: a system call that waits would hold up all virtual ones. */
  private void start(UnixStream stream, PeerCredentials peer) {
    try {
      Thread.ofPlatform().daemon().name("vmm-" + place.name()).start(() -> serve(stream, peer));
    } catch (OutOfMemoryError noThread) {
      release();
      stream.close();
      throw noThread;
    }
  }

  private void release() {
    synchronized (this) {
      served = null;
    }
    queue.release();
  }

  /** Who this peer is, if it may have the vSMMU at all. */
  private Optional<PeerCredentials> admitted(UnixStream stream) {
    try {
      PeerCredentials peer = stream.peer();
      if (place.uids().contains(peer.uid())) {
        return Optional.of(peer);
      }
      refuse("user %d may not connect".formatted(peer.uid()));
    } catch (PosixException unknown) {
      refuse("a peer cannot be told: " + unknown.getMessage());
    }
    return Optional.empty();
  }

  private void refuse(String why) {
    refusals.log(() -> "vSMMU %s: %s".formatted(place.name(), why));
  }

  private void serve(UnixStream stream, PeerCredentials peer) {
    try (stream) {
      serve(stream, peer, place.vsmmu().get(), place.rom().get());
    } catch (RuntimeException failed) {
      refuse("no VMM can be served now: " + failed);
    } finally {
      release();
    }
  }

  private void serve(
      UnixStream stream, PeerCredentials peer, SmmuFunction.Vsmmu vsmmu, ExpansionRom rom) {
    LinkRelay link = new LinkRelay();
    SmmuFunction function =
        new SmmuFunction(vsmmu, Optional.of(place.memoryFile()), rom, link, place.counters());
    VfioUserConnection connection = new VfioUserConnection(stream, function, protocol);
    link.attach(connection);
    synchronized (this) {
      served = new Served(connection, function, Thread.currentThread());
      if (closed) {
        connection.close();
      }
    }
    comings.log(
        () ->
            "vSMMU %s: VMM connected, process %d, %s"
                .formatted(place.name(), peer.pid(), rom.text()));
    if (rom.isMissing()) {
      refuse(rom.text());
    }
    function.connected(peer.pid(), peer.uid());
    ConnectionEnd end = connection.run();
    link.detach();
    comings.log(() -> "vSMMU %s: VMM gone: %s".formatted(place.name(), end.text()));
    function.disconnected(end.text());
  }
}
