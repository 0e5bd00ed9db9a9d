package io.vsmmu.control.session;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.gateway.device.GatewayCounters;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.gateway.socket.VmmSocket;
import io.vsmmu.gateway.socket.WarmUp;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.PosixLimits;
import io.vsmmu.posix.ProcessIdentity;
import io.vsmmu.posix.UnixAcceptor;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/**
 * The sockets of all live vSMMUs: {@code NAME.sock} in one folder that only we may enter. Beside it
 * a file {@code NAME.ram} may hold the guest's RAM, for VMMs that pass no descriptors.
 */
public final class VmmSockets implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(VmmSockets.class.getName());

  private static final int ROOT = 0;

  private final Path folder;
  private final Set<Integer> uids;
  private final LiveVsmmus live;
  private final OptionRoms roms;
  private final UnixAcceptor acceptor;
  private final ConcurrentMap<Integer, VmmSocket> open = new ConcurrentHashMap<>();
  private final GatewayCounters counters = new GatewayCounters();
  private volatile Consumer<RegisteredVsmmu> arrival = vsmmu -> {};

  /**
   * Sockets in a folder.
   *
   * @param folder made when it is not there
   * @param uids who may connect, besides ourselves and root
   * @param roms what firmware finds beside the registers
   */
  public VmmSockets(Path folder, Set<Integer> uids, LiveVsmmus live, OptionRoms roms) {
    this.folder = folder.toAbsolutePath().normalize();
    this.uids = new HashSet<>(uids);
    this.uids.add(ProcessIdentity.effectiveUid());
    this.uids.add(ROOT);
    this.live = live;
    this.roms = roms;
    try {
      Files.createDirectories(this.folder);
      Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwx------"));
      this.acceptor = UnixAcceptor.start();
    } catch (IOException failed) {
      throw new UncheckedIOException("sockets in " + this.folder, failed);
    }
  }

  /** After a start: every live vSMMU is brought back and listens. */
  public void start() {
    live.recover(this::comesBack);
  }

  /**
   * A VMM that was there when the service ended is gone: it lost its connection, and with it what
   * was not acknowledged.
   */
  private void comesBack(RegisteredVsmmu vsmmu, VsmmuState state) {
    try {
      if (state.vmm().connected()) {
        live.of(vsmmu).submit(new Stimulus.DisconnectVmm("the service ended"), "recovery");
      }
      listen(vsmmu);
    } catch (RuntimeException failed) {
      LOGGER.log(Level.ERROR, "vSMMU " + vsmmu.name() + " has no socket", failed);
    }
  }

  /**
   * Whether a vSMMU of this name could have a socket.
   *
   * @throws RequestRefusedException when its path would be too long
   */
  void check(String name) {
    int bytes = socket(name).toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > PosixLimits.SOCKET_PATH) {
      throw new RequestRefusedException(
          Kind.INVALID,
          "name",
          name,
          "a name whose socket's path %s has at most %d bytes, not %d: a shorter name or --data-dir"
              .formatted(socket(name), PosixLimits.SOCKET_PATH, bytes));
    }
  }

  /**
   * Begins to listen for a VMM.
   *
   * @throws RequestRefusedException when the socket cannot be made
   */
  void listen(RegisteredVsmmu vsmmu) {
    WarmUp.once();
    open.computeIfAbsent(vsmmu.id(), id -> opened(vsmmu));
  }

  private VmmSocket opened(RegisteredVsmmu vsmmu) {
    String name = vsmmu.name();
    try {
      return VmmSocket.open(
          new VmmSocket.Settings(
              name,
              socket(name),
              folder.resolve(name + ".ram"),
              Set.copyOf(uids),
              () -> arriving(vsmmu),
              () -> roms.forVmm(vsmmu, this::isServed),
              counters),
          acceptor);
    } catch (PosixException failed) {
      throw new RequestRefusedException(
          Kind.CONFLICT, "socket", socket(name).toString(), "a free path: " + failed.getMessage());
    }
  }

  private SmmuFunction.Vsmmu arriving(RegisteredVsmmu vsmmu) {
    arrival.accept(vsmmu);
    return live.of(vsmmu).function();
  }

  /**
   * Says what is done when a VMM connects, before it is answered and before its guest's tables are
   * made: on the connection's thread, which the VMM waits for.
   */
  public void beforeVmm(Consumer<RegisteredVsmmu> action) {
    arrival = action;
  }

  private Path socket(String name) {
    return folder.resolve(name + ".sock");
  }

  /** Sends the VMM away and stops listening. */
  void end(RegisteredVsmmu vsmmu) {
    VmmSocket socket = open.remove(vsmmu.id());
    if (socket != null) {
      socket.close();
    }
  }

  /** The STE of a stream in the memory of the guest that is connected. */
  Optional<SteFetch> read(RegisteredVsmmu vsmmu, int streamId) {
    return Optional.ofNullable(open.get(vsmmu.id())).flatMap(socket -> socket.read(streamId));
  }

  /** Path of the vSMMU's vfio-user socket; empty if it has none. */
  public Optional<Path> path(RegisteredVsmmu vsmmu) {
    return Optional.ofNullable(open.get(vsmmu.id())).map(VmmSocket::path);
  }

  /** Whether a VMM is connected to the vSMMU's socket. */
  public boolean isServed(RegisteredVsmmu vsmmu) {
    VmmSocket socket = open.get(vsmmu.id());
    return socket != null && socket.isServed();
  }

  /**
   * Where the guest that is connected has the vSMMU's register frame, as its firmware or kernel
   * wrote it into BAR0.
   */
  public OptionalLong frame(RegisteredVsmmu vsmmu) {
    VmmSocket socket = open.get(vsmmu.id());
    return socket == null ? OptionalLong.empty() : socket.frame();
  }

  /** What VMMs asked for since the start. */
  public GatewayCounters counters() {
    return counters;
  }

  /** Sends all VMMs away. */
  @Override
  public void close() {
    acceptor.close();
    open.values().forEach(VmmSocket::close);
    open.clear();
  }
}
