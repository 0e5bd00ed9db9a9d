package io.vsmmu.vfiouser;

import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.scripted.vmm.VfioUserClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A scripted VMM, a connection, and a function that records its calls. */
final class ConnectionRig implements AutoCloseable {

  final RecordingFunction function = new RecordingFunction();
  final VfioUserConnection connection;
  final VfioUserClient vmm;
  final CompletableFuture<ConnectionEnd> end = new CompletableFuture<>();
  final Thread thread;

  ConnectionRig() throws PosixException {
    this(ProtocolLimits.DEFAULT);
  }

  ConnectionRig(ProtocolLimits limits) throws PosixException {
    QuietLog.please();
    UnixStream.Pair pair = UnixStream.pair();
    connection = new VfioUserConnection(pair.first(), function, limits);
    vmm = VfioUserClient.over(pair.second());
    thread = Thread.ofPlatform().name("connection").start(() -> end.complete(connection.run()));
  }

  /** One that is negotiated already. */
  static ConnectionRig negotiated() throws PosixException {
    return negotiated(ProtocolLimits.DEFAULT);
  }

  static ConnectionRig negotiated(ProtocolLimits limits) throws PosixException {
    ConnectionRig rig = new ConnectionRig(limits);
    rig.vmm.negotiate();
    return rig;
  }

  static ProtocolLimits limits(Duration dmaTimeout, int outstanding, long refusals) {
    Duration second = Duration.ofSeconds(1);
    return new ProtocolLimits(dmaTimeout, second, second, second, outstanding, refusals);
  }

  /** For VMMs that take their time with what they send and with what they are sent. */
  static ProtocolLimits impatient(Duration send, Duration introduction, Duration message) {
    Duration dma = Duration.ofSeconds(5);
    return new ProtocolLimits(dma, send, introduction, message, 4, 100);
  }

  /** Waits for the end. */
  ConnectionEnd ended() throws Exception {
    return end.get(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    vmm.close();
    try {
      ended();
      thread.join();
    } catch (Exception late) {
      throw new IllegalStateException("the connection does not end", late);
    }
  }
}
