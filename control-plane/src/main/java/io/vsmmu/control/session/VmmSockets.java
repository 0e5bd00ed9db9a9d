package io.vsmmu.control.session;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.gateway.device.GatewayCounters;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.gateway.socket.VmmSocket;
import io.vsmmu.gateway.socket.WarmUp;
import io.vsmmu.posix.DescriptorLimit;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.PosixLimits;
import io.vsmmu.posix.ProcessIdentity;
import io.vsmmu.posix.UnixAcceptor;
import io.vsmmu.smmu.aggregate.EventMetaData;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The sockets of all live vSMMUs: {@code NAME.sock} in one folder that only the service's user may
 * enter. Beside it a file {@code NAME.ram} may contain the guest's RAM, for VMMs that pass no
 * descriptors.
 */
public final class VmmSockets implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(VmmSockets.class.getName());

  private static final int ROOT = 0;

  private final Path folder;
  private final Set<Integer> uids;
  private final LiveVsmmus live;
  private final OptionRoms roms;
  private final LongSupplier descriptors;
  private final UnixAcceptor acceptor;
  private final ConcurrentMap<Integer, VmmSocket> open = new ConcurrentHashMap<>();
  private final GatewayCounters counters = new GatewayCounters();
  private volatile Consumer<RegisteredVsmmu> beforeAnswer = vsmmu -> {};

  /**
   * Sockets in a folder.
   *
   * @param folder made if it does not exist
   * @param uids users that may connect, in addition to the service's own and root
   * @param roms option ROMs of the PCI functions
   */
  public VmmSockets(Path folder, Set<Integer> uids, LiveVsmmus live, OptionRoms roms) {
    this(folder, uids, live, roms, DescriptorLimit::ofProcess);
  }

  /**
   * As the other constructor, with another limit.
   *
   * @param descriptors descriptors that the process may have open
   */
  VmmSockets(
      Path folder, Set<Integer> uids, LiveVsmmus live, OptionRoms roms, LongSupplier descriptors) {
    this.descriptors = descriptors;
    this.folder = folder.toAbsolutePath().normalize();
    this.uids = new HashSet<>(uids);
    this.uids.add(ProcessIdentity.effectiveUid());
    this.uids.add(ROOT);
    this.live = live;
    this.roms = roms;
    try {
      Files.createDirectories(this.folder);
      Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwx------"));
      this.acceptor = UnixAcceptor.start(descriptors);
    } catch (IOException failed) {
      throw new UncheckedIOException("sockets in " + this.folder, failed);
    }
  }

  /** Recovers every live vSMMU after a start of the service, and listens on its socket. */
  public void start() {
    List<String> without = new ArrayList<>();
    live.recover((vsmmu, vmmConnected) -> recovered(vsmmu, vmmConnected, without));
    if (!without.isEmpty()) {
      LOGGER.log(
          Level.ERROR,
          "{0} vSMMUs have no socket, so that no VMM can connect to them, for example {1}",
          without.size(),
          without.getFirst());
    }
  }

  /**
   * A VMM that was connected when the service ended has lost its connection, and every access that
   * was not acknowledged.
   */
  private void recovered(RegisteredVsmmu vsmmu, boolean vmmConnected, List<String> without) {
    try {
      if (vmmConnected) {
        live.of(vsmmu)
            .submit(new Stimulus.DisconnectVmm("the service ended"), EventMetaData.RECOVERY);
      }
      listen(vsmmu);
    } catch (RuntimeException failed) {
      if (without.isEmpty()) {
        LOGGER.log(Level.ERROR, "vSMMU " + vsmmu.name() + " has no socket", failed);
      }
      without.add("%s: %s".formatted(vsmmu.name(), failed.getMessage()));
    }
  }

  /**
   * Checks that a vSMMU of this name can have a socket.
   *
   * @throws RequestRefusedException when its path would be too long, or the process has too few
   *     descriptors left
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
    try {
      acceptor.checkRoom();
    } catch (PosixException failed) {
      throw refused(name, failed);
    }
  }

  private RequestRefusedException refused(String name, PosixException failed) {
    if (failed.errno() == Errno.EMFILE || failed.errno() == Errno.ENFILE) {
      return new RequestRefusedException(
          Kind.EXHAUSTED,
          "openFiles",
          "%s, of %d at most".formatted(failed.getMessage(), descriptors.getAsLong()),
          "an open file for the vSMMU's socket besides %d for requests and VMMs: delete vSMMUs, or raise `LimitNOFILE=` of the service's unit (`ulimit -n`) and start it again"
              .formatted(PosixLimits.RESERVED_DESCRIPTORS));
    }
    return new RequestRefusedException(
        Kind.CONFLICT, "socket", socket(name).toString(), "a free path: " + failed.getMessage());
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
              () -> connecting(vsmmu),
              () -> roms.forVmm(vsmmu, this::isServed),
              counters),
          acceptor);
    } catch (PosixException failed) {
      throw refused(name, failed);
    }
  }

  private SmmuFunction.Backend connecting(RegisteredVsmmu vsmmu) {
    beforeAnswer.accept(vsmmu);
    return live.of(vsmmu).function();
  }

  /**
   * Sets an action that runs when a VMM connects, before it gets an answer and before the tables of
   * its guest are made. The action runs on the thread of the connection, and the VMM waits for it.
   */
  public void beforeVmm(Consumer<RegisteredVsmmu> action) {
    beforeAnswer = action;
  }

  private Path socket(String name) {
    return folder.resolve(name + ".sock");
  }

  /** Closes the connection of the VMM and stops listening. */
  void end(RegisteredVsmmu vsmmu) {
    VmmSocket socket = open.remove(vsmmu.id());
    if (socket != null) {
      socket.close();
    }
  }

  /** Reads the STE of a stream in the memory of the connected guest; empty without one. */
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
   * The guest-physical address of the vSMMU's register frame, as the connected guest wrote it into
   * BAR0; empty without a guest.
   */
  public OptionalLong frame(RegisteredVsmmu vsmmu) {
    VmmSocket socket = open.get(vsmmu.id());
    return socket == null ? OptionalLong.empty() : socket.frame();
  }

  /** Counts the requests of VMMs since the start of the service. */
  public GatewayCounters counters() {
    return counters;
  }

  /** Closes all connections and sockets. */
  @Override
  public void close() {
    acceptor.close();
    open.values().forEach(VmmSocket::close);
    open.clear();
  }
}
