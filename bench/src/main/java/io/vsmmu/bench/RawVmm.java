package io.vsmmu.bench;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A minimal vfio-user client: one thread, two buffers, no support for requests of the server, so
 * that it adds little to the measured time. Message layout: QEMU docs/interop/vfio-user.rst.
 */
final class RawVmm implements AutoCloseable {

  /** Length of a request to read a register; {@link Echo} uses messages of this length. */
  static final int READ_REQUEST = 32;

  private static final int HEADER = 16;
  private static final int VERSION = 1;
  private static final int DMA_MAP = 2;
  private static final int REGION_READ = 9;
  private static final int REGION_WRITE = 10;
  private static final int NO_REPLY = 0x10;
  private static final int ERROR = 0x20;
  private static final int BAR0 = 0;
  private static final int CONFIG_SPACE = 7;
  private static final int COMMAND_REGISTER = 4;
  private static final int MEMORY_AND_BUS_MASTER = 6;
  private static final int READABLE_AND_WRITABLE = 3;
  private static final int DMA_MAP_BODY = 32;
  private static final int LARGEST_MESSAGE = 8192;

  private final UnixStream stream;
  private final ByteBuffer out = buffer();
  private final ByteBuffer in = buffer();
  private short nextId;

  /** Connects and negotiates the version. */
  RawVmm(Path socket) throws IOException {
    stream = UnixStream.connect(socket);
    begin(VERSION, 0).putInt(0);
    out.put("{\"capabilities\":{\"max_msg_fds\":16}}\0".getBytes(StandardCharsets.US_ASCII));
    ask(List.of());
  }

  /** Maps all memory of a descriptor and sets Bus Master Enable. */
  void share(Fd descriptor, long address, long size) throws IOException {
    begin(DMA_MAP, 0).putInt(DMA_MAP_BODY).putInt(READABLE_AND_WRITABLE).putLong(0);
    out.putLong(address).putLong(size);
    ask(List.of(descriptor));
    access(REGION_WRITE, 0, CONFIG_SPACE, COMMAND_REGISTER, Short.BYTES);
    out.putShort((short) MEMORY_AND_BUS_MASTER);
    ask(List.of());
  }

  int read(int offset) throws IOException {
    access(REGION_READ, 0, BAR0, offset, Integer.BYTES);
    stream.send(finished());
    receiveReply();
    return in.getInt(READ_REQUEST);
  }

  /** Writes a register without waiting, as QEMU does. */
  void post(int offset, int width, long value) throws IOException {
    access(REGION_WRITE, NO_REPLY, BAR0, offset, width);
    if (width == Long.BYTES) {
      out.putLong(value);
    } else {
      out.putInt((int) value);
    }
    stream.send(finished());
  }

  private void access(int command, int flags, int region, int offset, int width) {
    begin(command, flags).putLong(offset).putInt(region).putInt(width);
  }

  /** A header whose size is filled in when the message is sent. */
  private ByteBuffer begin(int command, int flags) {
    out.clear();
    return out.putShort(nextId++).putShort((short) command).putInt(0).putInt(flags).putInt(0);
  }

  private ByteBuffer finished() {
    return out.flip().putInt(Integer.BYTES, out.limit());
  }

  private void ask(List<Fd> descriptors) throws IOException {
    stream.send(finished(), descriptors);
    receiveReply();
  }

  private void receiveReply() throws IOException {
    in.clear();
    receive(stream, in, HEADER);
    receive(stream, in, in.getInt(Integer.BYTES));
    if ((in.getInt(Long.BYTES) & ERROR) != 0) {
      throw new IOException("refused with errno " + in.getInt(HEADER - Integer.BYTES));
    }
  }

  /** Receives exactly {@code bytes} bytes into the buffer. */
  static void receive(UnixStream stream, ByteBuffer into, int bytes) throws IOException {
    into.limit(bytes);
    while (into.hasRemaining()) {
      if (stream.receive(into) == 0) {
        throw new IOException("the other end is gone");
      }
    }
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(LARGEST_MESSAGE).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    stream.close();
  }
}
