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
 * The vfio-user socket of one vSMMU. It serves one VMM at a time. Another one waits until the first
 * has disconnected and everything that it requested is in the log, because VMMs do not try to
 * connect again. Thread-safe.
 *
 * <p>A connection is accepted on the acceptor's thread, waits on a virtual one, and is served on a
 * platform thread of its own, since its system calls would block the carriers of virtual threads.
 * The monitor guards {@code closed} and {@code served}; nothing that waits is called under it.
 */
public final class VmmSocket implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(VmmSocket.class.getName());

  /**
   * The settings of a socket.
   *
   * @param name the vSMMU's
   * @param path of the socket
   * @param memoryFile file with the guest's RAM, for VMMs that send no descriptors
   * @param uids user IDs of the VMMs that may connect
   * @param vsmmu called when a VMM connects; may throw while the log is unavailable
   * @param rom gives the function's expansion ROM; called when a VMM connects, may throw likewise
   */
  public record Settings(
      String name,
      Path path,
      Path memoryFile,
      Set<Integer> uids,
      Supplier<SmmuFunction.Backend> vsmmu,
      Supplier<ExpansionRom> rom,
      GatewayCounters counters) {}

  /** The connected VMM, and the thread that serves it. */
  private record Served(VfioUserConnection connection, SmmuFunction function, Thread thread) {}

  private final Settings settings;
  private final SocketListener listening;
  private final RateLimitedLog refusals =
      new RateLimitedLog(
          line -> LOGGER.log(Level.WARNING, line),
          SocketLimits.LOG_LINES,
          SocketLimits.LOG_INTERVAL,
          System::nanoTime);
  private final RateLimitedLog admissions =
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
      Settings settings, UnixAcceptor acceptor, SocketLimits limits, ProtocolLimits protocol)
      throws PosixException {
    this.settings = settings;
    this.queue = new ConnectionQueue(limits, System::nanoTime);
    this.protocol = protocol;
    this.listening = acceptor.listen(settings.path(), SocketLimits.MODE, this::accepted);
  }

  /**
   * Begins to listen.
   *
   * @throws PosixException when the socket cannot be made: its path is longer than 107 bytes, or a
   *     file that is not an abandoned socket exists there
   */
  public static VmmSocket open(Settings settings, UnixAcceptor acceptor) throws PosixException {
    return open(settings, acceptor, SocketLimits.DEFAULT, ProtocolLimits.DEFAULT);
  }

  /**
   * Begins to listen, with other limits.
   *
   * @throws PosixException as {@link #open(Settings, UnixAcceptor)}
   */
  static VmmSocket open(
      Settings settings, UnixAcceptor acceptor, SocketLimits limits, ProtocolLimits protocol)
      throws PosixException {
    return new VmmSocket(settings, acceptor, limits, protocol);
  }

  public Path path() {
    return settings.path();
  }

  /** Reads the STE of a stream from the memory of the connected guest; empty without a VMM. */
  public Optional<SteFetch> read(int streamId) {
    // Outside the monitor: reading waits for the VMM when its memory is reached by messages.
    return Optional.ofNullable(served()).map(vmm -> vmm.function().read(streamId));
  }

  public boolean isServed() {
    return served() != null;
  }

  /**
   * The address of the register frame on the guest's PCI bus, as its firmware or kernel wrote it
   * into BAR0; empty when no VMM is connected or the function does not decode memory.
   */
  public OptionalLong frame() {
    Served vmm = served();
    return vmm == null ? OptionalLong.empty() : vmm.connection().barAddress();
  }

  private synchronized @Nullable Served served() {
    return served;
  }

  /**
   * Stops listening and disconnects the VMM. Returns when what it requested is in the log, at the
   * latest after {@link SocketLimits#CLOSE_TIMEOUT}.
   */
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

  /** Called on the acceptor's thread, which must not wait. */
  private void accepted(UnixStream stream) {
    Optional<PeerCredentials> peer = permitted(stream);
    if (peer.isEmpty()) {
      stream.close();
    } else if (queue.tryAdmit()) {
      start(stream, peer.get());
    } else {
      Thread.ofVirtual()
          .name("waiting-vmm-" + settings.name())
          .start(() -> await(stream, peer.get()));
    }
  }

  private void await(UnixStream stream, PeerCredentials peer) {
    switch (queue.await(stream::peerGone)) {
      case ADMITTED -> start(stream, peer);
      case QUEUE_FULL -> refuse(stream, peer, "too many wait for the VMM that is connected");
      case TIMED_OUT -> refuse(stream, peer, "another VMM is connected");
      case LEFT, CLOSED -> stream.close();
    }
  }

  private void refuse(UnixStream stream, PeerCredentials peer, String why) {
    refuse("process %d is refused: %s".formatted(peer.pid(), why));
    stream.close();
  }

  private void start(UnixStream stream, PeerCredentials peer) {
    try {
      Thread.ofPlatform().daemon().name("vmm-" + settings.name()).start(() -> serve(stream, peer));
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

  /** The credentials of a peer that may use the vSMMU; empty, and logged, for any other. */
  private Optional<PeerCredentials> permitted(UnixStream stream) {
    try {
      PeerCredentials peer = stream.peer();
      if (settings.uids().contains(peer.uid())) {
        return Optional.of(peer);
      }
      refuse("user %d may not connect".formatted(peer.uid()));
    } catch (PosixException unknown) {
      refuse("the credentials of a peer cannot be read: " + unknown.getMessage());
    }
    return Optional.empty();
  }

  private void refuse(String why) {
    refusals.log(() -> "vSMMU %s: %s".formatted(settings.name(), why));
  }

  private void serve(UnixStream stream, PeerCredentials peer) {
    try (stream) {
      serve(stream, peer, settings.vsmmu().get(), settings.rom().get());
    } catch (RuntimeException failed) {
      refuse("no VMM can be served now: " + failed);
    } finally {
      release();
    }
  }

  private void serve(
      UnixStream stream, PeerCredentials peer, SmmuFunction.Backend vsmmu, ExpansionRom rom) {
    LinkRelay link = new LinkRelay();
    SmmuFunction function =
        new SmmuFunction(vsmmu, Optional.of(settings.memoryFile()), rom, link, settings.counters());
    VfioUserConnection connection = new VfioUserConnection(stream, function, protocol);
    link.attach(connection);
    synchronized (this) {
      served = new Served(connection, function, Thread.currentThread());
      if (closed) {
        connection.close();
      }
    }
    admissions.log(
        () ->
            "vSMMU %s: VMM connected, process %d, %s"
                .formatted(settings.name(), peer.pid(), rom.text()));
    if (rom.isMissing()) {
      refuse(rom.text());
    }
    function.connected(peer.pid(), peer.uid());
    ConnectionEnd end = connection.run();
    link.detach();
    admissions.log(
        () ->
            "vSMMU %s: VMM disconnected: %s; %d requests refused, %d replies to no message"
                .formatted(
                    settings.name(),
                    end.text(),
                    connection.refusedRequests(),
                    connection.unmatchedReplies()));
    function.disconnected(end.text());
  }
}
