package io.vsmmu.gateway.socket;

import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.SessionLimits;
import io.vsmmu.gateway.device.ExpansionRom;
import io.vsmmu.gateway.device.GatewayCounters;
import io.vsmmu.gateway.device.SmmuFunction;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.smmu.aggregate.DecisionLoop;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.vfiouser.LinkRelay;
import io.vsmmu.vfiouser.ProtocolLimits;
import io.vsmmu.vfiouser.VfioUserConnection;
import io.vsmmu.vfiouser.memory.DeviceDmaMapping;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Serves a connection of this process to itself before the first socket is announced, so that a
 * guest's first register reads are answered by compiled code.
 */
public final class WarmUp {

  private static final System.Logger LOGGER = System.getLogger(WarmUp.class.getName());

  /** Enough reads that HotSpot compiles every method on the way with its second tier. */
  private static final int READS = 20_000;

  private static final int HEADER = 16;
  private static final int VERSION = 1;
  private static final int REGION_READ = 9;
  private static final int READ_REQUEST = 32;
  private static final int READ_REPLY = 36;

  private static boolean done;

  private WarmUp() {}

  /** Warms up the first time it is called. */
  public static synchronized void once() {
    if (done) {
      return;
    }
    done = true;
    try {
      exchange();
    } catch (PosixException failed) {
      LOGGER.log(Level.WARNING, "not warmed up: {0}", failed.getMessage());
    }
  }

  private static void exchange() throws PosixException {
    UnixStream.Pair pair = UnixStream.pair();
    try (UnixStream guest = pair.first();
        UnixStream here = pair.second();
        GuestSession session =
            new GuestSession(
                "warm-up",
                new StateOnlyLog(),
                decided -> Optional.empty(),
                SessionLimits.DEFAULT)) {
      session
          .post(
              new Stimulus.Create(
                  Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, IdRegisters.DEFAULT))
          .join();
      LinkRelay link = new LinkRelay();
      SmmuFunction function =
          new SmmuFunction(
              new SmmuFunction.Backend(session, DeviceDmaMapping.NONE),
              Optional.empty(),
              ExpansionRom.none(),
              link,
              new GatewayCounters());
      VfioUserConnection connection =
          new VfioUserConnection(here, function, ProtocolLimits.DEFAULT);
      link.attach(connection);
      function.connected(0, 0);
      Thread server = Thread.ofPlatform().daemon().name("warm-up").start(connection::run);
      negotiate(guest);
      read(guest);
      connection.close();
      server.join();
      function.disconnected("warm");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void negotiate(UnixStream guest) throws PosixException {
    byte[] capabilities = "{\"capabilities\":{}}\0".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer message = buffer(HEADER + Integer.BYTES + capabilities.length);
    message.putShort((short) 1).putShort((short) VERSION).putInt(message.capacity()).putLong(0);
    message.putInt(0).put(capabilities);
    guest.send(message.flip());
    ByteBuffer reply = buffer(HEADER);
    receive(guest, reply);
    ByteBuffer rest = buffer(reply.getInt(Integer.BYTES) - HEADER);
    receive(guest, rest);
  }

  private static void read(UnixStream guest) throws PosixException {
    Register[] registers = {Register.CMDQ_CONS, Register.CR0ACK, Register.GERROR, Register.IDR0};
    ByteBuffer request = buffer(READ_REQUEST);
    ByteBuffer reply = buffer(READ_REPLY);
    for (int i = 0; i < READS; i++) {
      request.clear();
      request.putShort((short) i).putShort((short) REGION_READ).putInt(READ_REQUEST).putLong(0);
      request.putLong(registers[i % registers.length].offset()).putInt(0).putInt(Integer.BYTES);
      guest.send(request.flip());
      reply.clear();
      receive(guest, reply);
    }
  }

  private static void receive(UnixStream guest, ByteBuffer into) throws PosixException {
    while (into.hasRemaining()) {
      if (guest.receive(into) == 0) {
        throw new IllegalStateException("the warm-up's connection ended");
      }
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A log that keeps the newest state only. */
  private static final class StateOnlyLog implements DecisionLog {

    private VsmmuState state = VsmmuState.ABSENT;

    @Override
    public Submission submit(String vsmmu, List<Stimulus> stimuli, String subject) {
      Submission submission = DecisionLoop.decideUntilHost(state, stimuli);
      state = submission.last().after();
      return submission;
    }
  }
}
