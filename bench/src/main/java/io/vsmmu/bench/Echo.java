package io.vsmmu.bench;

import io.vsmmu.posix.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The reference for a register read: a thread that sends back each message that it receives. */
final class Echo implements AutoCloseable {

  private final UnixStream here;
  private final Thread thread;
  private final ByteBuffer message = ByteBuffer.allocateDirect(RawVmm.READ_REQUEST);

  Echo() throws IOException {
    UnixStream.Pair pair = UnixStream.pair();
    here = pair.first();
    thread = Thread.ofPlatform().daemon().name("echo").start(() -> serve(pair.second()));
  }

  private static void serve(UnixStream stream) {
    ByteBuffer message = ByteBuffer.allocateDirect(RawVmm.READ_REQUEST);
    try (stream) {
      while (true) {
        message.clear();
        RawVmm.receive(stream, message, RawVmm.READ_REQUEST);
        stream.send(message.flip());
      }
    } catch (IOException closed) {
      return;
    }
  }

  /** Sends one message and receives its echo. */
  void roundTrip() throws IOException {
    message.clear();
    here.send(message);
    message.clear();
    RawVmm.receive(here, message, RawVmm.READ_REQUEST);
  }

  @Override
  public void close() {
    here.close();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
