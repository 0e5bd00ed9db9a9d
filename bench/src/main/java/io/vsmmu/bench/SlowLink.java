package io.vsmmu.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A Unix socket in front of another one, through which every byte takes longer, each way: a network
 * between the service and its database. Its throughput is not limited.
 */
final class SlowLink implements AutoCloseable {

  private static final int CHUNK_BYTES = 1 << 16;

  /** Chunks under way in one direction; then the sender waits. */
  private static final int UNDER_WAY = 256;

  private final ServerSocketChannel server;
  private final Path path;
  private final Path behind;
  private final long delayNanos;

  /**
   * Listens.
   *
   * @param path of the new socket
   * @param behind path of the socket that it leads to
   * @param oneWay what each direction adds
   */
  SlowLink(Path path, Path behind, Duration oneWay) throws IOException {
    this.path = path;
    this.behind = behind;
    this.delayNanos = oneWay.toNanos();
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Thread.ofPlatform().daemon().name("slow-link").start(this::accept);
  }

  /** The path of the new socket. */
  Path path() {
    return path;
  }

  private record Chunk(ByteBuffer bytes, long due) {}

  private void accept() {
    try {
      while (true) {
        SocketChannel near = server.accept();
        SocketChannel far = SocketChannel.open(UnixDomainSocketAddress.of(behind));
        relay(near, far);
        relay(far, near);
      }
    } catch (IOException closed) {
      // The link is closed; connections end with their peers.
    }
  }

  private void relay(SocketChannel from, SocketChannel to) {
    BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(UNDER_WAY);
    Thread.ofPlatform().daemon().start(() -> read(from, underWay));
    Thread.ofPlatform().daemon().start(() -> write(underWay, to));
  }

  private void read(SocketChannel from, BlockingQueue<Chunk> underWay) {
    try {
      ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
      while (readSome(from, buffer)) {
        buffer.flip();
        ByteBuffer bytes = ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
        underWay.put(new Chunk(bytes, System.nanoTime() + delayNanos));
        buffer.clear();
      }
      underWay.put(new Chunk(ByteBuffer.allocate(0), System.nanoTime() + delayNanos));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean readSome(SocketChannel from, ByteBuffer into) {
    try {
      return from.read(into) > 0;
    } catch (IOException closed) {
      return false;
    }
  }

  private static void write(BlockingQueue<Chunk> underWay, SocketChannel to) {
    try (to) {
      Chunk next = underWay.take();
      while (next.bytes().hasRemaining()) {
        TimeUnit.NANOSECONDS.sleep(next.due() - System.nanoTime());
        while (next.bytes().hasRemaining()) {
          to.write(next.bytes());
        }
        next = underWay.take();
      }
    } catch (IOException | InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
