package io.vsmmu.lab;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A Unix socket of QEMU's: a thread reads it into a text, which is searched. */
final class LineSocket implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 60;

  private final SocketChannel channel;
  private final Path copy;
  private final StringBuilder text = new StringBuilder();

  private LineSocket(SocketChannel channel, Path copy) {
    this.channel = channel;
    this.copy = copy;
    Thread.ofPlatform().daemon().start(this::read);
  }

  /** Connects as soon as something listens; what it receives is appended to {@code copy} too. */
  static LineSocket open(Path path, Path copy) throws IOException, InterruptedException {
    for (int i = 0; ; i++) {
      try {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(path));
        return new LineSocket(channel, copy);
      } catch (IOException notYet) {
        if (i >= PATIENCE_SECONDS) {
          throw notYet;
        }
        Thread.sleep(1000);
      }
    }
  }

  private void read() {
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    try {
      while (channel.read(bytes.clear()) >= 0) {
        String part = StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
        synchronized (text) {
          text.append(part);
          text.notifyAll();
        }
        Files.writeString(copy, part, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
    } catch (IOException ended) {
      // QEMU is gone.
    }
  }

  void send(String line) throws IOException {
    channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** The number of characters received so far. */
  int length() {
    synchronized (text) {
      return text.length();
    }
  }

  /** The characters received from index {@code from} on. */
  String since(int from) {
    synchronized (text) {
      return text.substring(from);
    }
  }

  /**
   * The characters received from index {@code from} on, as soon as {@code wanted} is among them, or
   * when the time is over.
   */
  String await(int from, String wanted, int seconds) throws InterruptedException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    synchronized (text) {
      while (text.indexOf(wanted, from) < 0 && System.nanoTime() < end) {
        text.wait(200);
      }
      return text.substring(from);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
