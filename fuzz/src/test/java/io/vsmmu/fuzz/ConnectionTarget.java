package io.vsmmu.fuzz;

import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.SessionLimits;
import io.vsmmu.gateway.device.ExpansionRom;
import io.vsmmu.gateway.device.GatewayCounters;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.vfiouser.ConnectionEnd;
import io.vsmmu.vfiouser.LinkRelay;
import io.vsmmu.vfiouser.ProtocolLimits;
import io.vsmmu.vfiouser.VfioUserConnection;
import io.vsmmu.vfiouser.memory.DeviceDmaMapping;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A whole connection of a VMM over a socket, with a vSMMU behind it. Nothing that is sent makes the
 * connection end because of a defect; it leaves no descriptor open; and the vSMMU's session takes
 * stimuli afterwards.
 */
final class ConnectionTarget implements FuzzTarget {

  private static final int MESSAGES = 200;
  private static final int RAM_BYTES = 0x4000;
  private static final int INPUTS_BETWEEN_COUNTS = 500;

  /** Descriptors that libraries and the virtual machine open once. */
  private static final int DESCRIPTORS_TO_SPARE = 32;

  /** A VMM of this target never replies, so nothing is worth waiting for. */
  private static final ProtocolLimits IMPATIENT =
      new ProtocolLimits(
          Duration.ofMillis(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofMillis(20),
          4,
          1000);

  /** Held, because loggers that nothing refers to lose their levels. */
  private static final List<Logger> LOGGERS =
      List.of(Logger.getLogger("io.vsmmu.vfiouser"), Logger.getLogger("io.vsmmu.gateway"));

  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("vmm").factory());
  private final ByteBuffer replies = ByteBuffer.allocateDirect(1 << 16);
  private int inputs;
  private int descriptors;

  ConnectionTarget() {
    LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
  }

  @Override
  public void take(byte[] bytes) throws PosixException, InterruptedException, ExecutionException {
    GuestSession session =
        new GuestSession(
            "fuzz", new MemoryLog(), decided -> Optional.empty(), SessionLimits.DEFAULT);
    try (session) {
      session
          .post(
              new Stimulus.Create(
                  Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, IdRegisters.DEFAULT))
          .join();
      ConnectionEnd end = connection(session, bytes);
      Finding.unless(
          end.reason() != ConnectionEnd.Reason.INTERNAL
              && end.reason() != ConnectionEnd.Reason.RECEIVE_FAILED
              && end.reason() != ConnectionEnd.Reason.SEND_FAILED,
          "the connection ended: %s",
          end);
      session.post(new Stimulus.WriteRegister(Register.CR0.offset(), 4, 1, List.of())).join();
      Finding.unless(
          session.visible().value(Register.CR0) == 1, "the session takes no write afterwards");
    }
    count();
  }

  private ConnectionEnd connection(GuestSession session, byte[] bytes)
      throws PosixException, InterruptedException, ExecutionException {
    UnixStream.Pair pair = UnixStream.pair();
    LinkRelay link = new LinkRelay();
    SmmuFunction function =
        new SmmuFunction(
            new SmmuFunction.Backend(session, DeviceDmaMapping.NONE),
            Optional.empty(),
            ExpansionRom.none(),
            link,
            new GatewayCounters());
    VfioUserConnection connection = new VfioUserConnection(pair.first(), function, IMPATIENT);
    link.attach(connection);
    function.connected(0, 0);
    Future<?> read = reader.submit(() -> drain(pair.second()));
    try (Fd ram = Memfd.create("fuzz", RAM_BYTES)) {
      speak(pair.second(), new Input(bytes), ram);
      return connection.run();
    } finally {
      function.disconnected("the end");
      pair.second().close();
      read.get();
    }
  }

  private void drain(UnixStream vmm) {
    try {
      while (vmm.receive(replies.clear()) > 0) {}
    } catch (PosixException over) {
      // The connection ended while replies were under way.
    }
  }

  /** Sends everything, and something that ends every connection. */
  private static void speak(UnixStream vmm, Input input, Fd ram) throws PosixException {
    int form = input.u8();
    if ((form & 1) == 0) {
      send(vmm, message(0, 1, 0, version()), List.of());
    }
    if ((form & 2) == 0) {
      for (int id = 1; input.more() && id < MESSAGES; id++) {
        int flags = input.u8();
        byte[] body = body(input, flags);
        int command = input.u8() % 20;
        List<Fd> descriptors = (flags & 0x80) == 0 ? List.of() : List.of(ram);
        send(vmm, message(id, command, flags & 0x31, body), descriptors);
      }
    } else {
      send(vmm, input.rest(), List.of());
    }
    send(vmm, new byte[16], List.of());
  }

  /** The body of a message; many begin with a structure whose first field is its size. */
  private static byte[] body(Input input, int flags) {
    Output out = new Output();
    switch (flags >> 1 & 7) {
      case 0 -> out.i64(register(input)).i32(0).i32(4).i32((int) input.number());
      case 1 -> out.i64(input.u8()).i32(7).i32(1 << (input.u8() & 3)).i64(input.number());
      case 2 -> out.i64(register(input)).i32(input.u8() % 10).i32(1 << (input.u8() & 3));
      case 3 ->
          out.i32(32)
              .i32(input.u8() & 7)
              .i64(input.u8() << 12)
              .i64(input.u8() << 12)
              .i64((input.u8() & 7) << 12);
      case 4 -> out.i32(24).i32(input.u8()).i64(input.number()).i64(input.number());
      case 5 -> out.i32(20 + (input.u8() & 3)).i32(input.u8()).i32(input.u8()).i32(0).i32(1).u8(1);
      case 6 -> out.i32(32).i32(0).i32(input.u8()).bytes(new byte[20]);
      default -> out.bytes(input.bytes(input.u8()));
    }
    return out.toBytes();
  }

  private static long register(Input input) {
    int form = input.u8();
    return form < 0xf0
        ? Register.values()[form % Register.values().length].offset()
        : input.number();
  }

  private static byte[] version() {
    byte[] json = "{\"capabilities\":{\"max_msg_fds\":8}}\0".getBytes(StandardCharsets.US_ASCII);
    return new Output().i32(0).bytes(json).toBytes();
  }

  private static byte[] message(int id, int command, int flags, byte[] body) {
    return new Output()
        .u16(id)
        .u16(command)
        .i32(16 + body.length)
        .i32(flags)
        .i32(0)
        .bytes(body)
        .toBytes();
  }

  private static void send(UnixStream vmm, byte[] bytes, List<Fd> descriptors)
      throws PosixException {
    if (bytes.length > 0) {
      ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.LITTLE_ENDIAN);
      vmm.send(direct.put(bytes).flip(), descriptors);
    }
  }

  private void count() {
    if (inputs++ % INPUTS_BETWEEN_COUNTS > 0) {
      return;
    }
    String[] open = new File("/proc/self/fd").list();
    int now = open == null ? 0 : open.length;
    descriptors = inputs == 1 ? now : descriptors;
    Finding.unless(
        now <= descriptors + DESCRIPTORS_TO_SPARE, "%d descriptors, %d before", now, descriptors);
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    Output all = new Output().u8(0);
    for (int command = 1; command < 19; command++) {
      for (int body = 0; body < 8; body++) {
        byte[] one = new Output().u8(body << 1 | 0x80, 1, 1, 1, 1).u8(command).toBytes();
        all.bytes(one);
        if (body == command % 8) {
          seeds.add(new Output().u8(0).bytes(one).toBytes());
        }
      }
    }
    seeds.add(all.toBytes());
    seeds.add(new Output().u8(2).bytes(message(1, 13, 0, new byte[0])).toBytes());
    seeds.add(new Output().u8(3).bytes(message(0, 1, 0, version())).toBytes());
    return seeds;
  }
}
