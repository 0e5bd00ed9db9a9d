package io.vsmmu.scripted.vmm;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.SharedMapping;
import io.vsmmu.posix.UnixStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A scripted VMM. It writes the protocol's bytes on its own, without the server's tables, so that
 * both would have to be wrong in the same way. A thread of its own takes replies and serves the
 * server's requests for memory.
 */
public final class VfioUserClient implements AutoCloseable {

  /** The capabilities that QEMU 11.1 proposes in VERSION. */
  public static final String QEMU_CAPABILITIES =
      "{\"capabilities\": {\"migration\": {\"max_bitmap_size\": 268435456, \"pgsize\": 4096},"
          + " \"write_multiple\": true, \"pgsizes\": 4096, \"max_msg_fds\": 16,"
          + " \"max_data_xfer_size\": 1048576, \"max_dma_maps\": 65535}}";

  private static final int HEADER = 16;
  private static final int REPLY = 1;
  private static final int NO_REPLY = 0x10;
  private static final int ERROR = 0x20;
  private static final int CONFIG = 7;
  private static final int WAIT_SECONDS = 10;

  /** How long a message waits for room in the socket; a real VMM would wait without a limit. */
  private static final Duration SEND_WAIT = Duration.ofSeconds(30);

  private final UnixStream stream;
  private final Arena arena = Arena.ofShared();
  private final GuestRam ram = new GuestRam();
  private final List<SharedMapping> mappings = new ArrayList<>();
  private final Map<Integer, CompletableFuture<Answer>> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger nextId = new AtomicInteger();
  private final AtomicInteger dmaRequests = new AtomicInteger();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final Thread reader;
  private volatile DmaManner manner = DmaManner.SERVE;

  private VfioUserClient(UnixStream stream) {
    this.stream = stream;
    this.reader = Thread.ofPlatform().daemon().name("scripted-vmm").start(this::read);
  }

  /** Connects to a server that listens. */
  public static VfioUserClient connect(Path socket) throws PosixException {
    return over(UnixStream.connect(socket));
  }

  /** Uses a stream whose other end is a server's. */
  public static VfioUserClient over(UnixStream stream) throws PosixException {
    stream.sendTimeout(SEND_WAIT);
    return new VfioUserClient(stream);
  }

  /** A body of {@code bytes} zeros, little-endian. */
  public static ByteBuffer body(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Introduces itself as QEMU does. */
  public Answer negotiate() {
    return negotiate(0, 0, QEMU_CAPABILITIES);
  }

  /** Sends VERSION, which must be the first message, and gives the reply. */
  public Answer negotiate(int major, int minor, String json) {
    byte[] text = (json + "\0").getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = body(4 + text.length);
    body.putShort((short) major).putShort((short) minor).put(text);
    return ask(1, body.array());
  }

  /** Maps memory with a descriptor; what it gives is the same memory. */
  public MemorySegment mapMemfd(long address, long size) throws PosixException {
    try (Fd fd = Memfd.create("guest-ram", size)) {
      SharedMapping mapping = SharedMapping.of(fd, 0, size, true);
      mappings.add(mapping);
      ram.add(address, mapping.segment());
      requireDone(map(address, size, 3, 0, fd));
      return mapping.segment();
    }
  }

  /** Maps memory that only messages reach. */
  public MemorySegment mapWithoutDescriptor(long address, long size) {
    MemorySegment memory = arena.allocate(size, Long.BYTES);
    ram.add(address, memory);
    requireDone(map(address, size, 3, 0));
    return memory;
  }

  private static void requireDone(int errno) {
    if (errno != 0) {
      throw new IllegalStateException("refused with errno " + errno);
    }
  }

  /** Maps memory; the descriptors stay the caller's. Gives the errno. */
  public int map(long address, long size, int flags, long offset, Fd... descriptors) {
    ByteBuffer body = body(32).putInt(32).putInt(flags).putLong(offset);
    return ask(2, body.putLong(address).putLong(size).array(), descriptors).errno();
  }

  /** Takes memory away. Gives the errno. */
  public int unmap(long address, long size) {
    return unmap(address, size, 0).errno();
  }

  /** Takes memory away, with flags. */
  public Answer unmap(long address, long size, int flags) {
    return ask(3, body(24).putInt(24).putInt(flags).putLong(address).putLong(size).array());
  }

  public long read32(long offset) {
    return read(0, offset, 4).fields().getInt(16) & 0xFFFF_FFFFL;
  }

  public long read64(long offset) {
    return read(0, offset, 8).fields().getLong(16);
  }

  /** Reads {@code count} bytes from a region by REGION_READ. */
  public Answer read(int region, long offset, int count) {
    return ask(9, access(region, offset, count, 0).array());
  }

  private static ByteBuffer access(int region, long offset, int count, int data) {
    return body(16 + data).putLong(offset).putInt(region).putInt(count);
  }

  /** Writes to a region and waits. Gives the errno. */
  public int write(int region, long offset, int width, long value) {
    return ask(10, value(region, offset, width, value)).errno();
  }

  private static byte[] value(int region, long offset, int width, long value) {
    ByteBuffer body = access(region, offset, width, width);
    for (int i = 0; i < width; i++) {
      body.put((byte) (i < 8 ? value >>> (8 * i) : 0));
    }
    return body.array();
  }

  /** Writes without waiting, as QEMU does for BARs. */
  public void post32(long offset, long value) {
    post(10, value(0, offset, 4, value));
  }

  /** Writes without waiting, as QEMU does for BARs. */
  public void post64(long offset, long value) {
    post(10, value(0, offset, 8, value));
  }

  /** Several writes in one message, without waiting. */
  public void postMulti(List<RegisterWrite> writes) {
    post(15, multi(writes));
  }

  /** Several writes in one message. */
  public Answer writeMulti(List<RegisterWrite> writes) {
    return ask(15, multi(writes));
  }

  private static byte[] multi(List<RegisterWrite> writes) {
    ByteBuffer body = body(8 + 24 * writes.size()).putLong(writes.size());
    for (RegisterWrite write : writes) {
      body.putLong(write.offset()).putInt(0).putInt(write.width()).putLong(write.value());
    }
    return body.array();
  }

  /** Reads the configuration space. */
  public long readConfig(int offset, int width) {
    ByteBuffer fields = read(CONFIG, offset, width).fields();
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= (fields.get(16 + i) & 0xFFL) << (8 * i);
    }
    return value;
  }

  /** Writes the configuration space. Gives the errno. */
  public int writeConfig(int offset, int width, long value) {
    return write(CONFIG, offset, width, value);
  }

  /** Switches memory space and bus mastering on. */
  public void enable() {
    requireDone(writeConfig(4, 2, 6));
  }

  /** Names the eventfd by which INTx is signalled; it stays the caller's. Gives the errno. */
  public int setIntx(Fd eventfd) {
    return irqs(0x24, 0, 0, 1, 0, eventfd);
  }

  /** Unmasks INTx by DEVICE_SET_IRQS. Gives the errno of the reply, 0 if there is none. */
  public int unmaskIntx() {
    return irqs(0x11, 0, 0, 1, 0);
  }

  /**
   * Takes the eventfd of INTx away by DEVICE_SET_IRQS. Gives the errno of the reply, 0 if there is
   * none.
   */
  public int disableIntx() {
    return irqs(0x21, 0, 0, 0, 0);
  }

  /** Sets interrupts, with {@code data} zero bytes behind. Gives the errno. */
  public int irqs(int flags, int index, int start, int count, int data, Fd... descriptors) {
    return irqs(flags, index, start, count, new byte[data], descriptors);
  }

  /** Sets interrupts. Gives the errno. */
  public int irqs(int flags, int index, int start, int count, byte[] data, Fd... descriptors) {
    ByteBuffer body = body(20 + data.length).putInt(20 + data.length).putInt(flags);
    body.putInt(index).putInt(start).putInt(count).put(data);
    return ask(8, body.array(), descriptors).errno();
  }

  /** Resets the device. Gives the errno. */
  public int reset() {
    return ask(13, new byte[0]).errno();
  }

  /** How requests of the server are treated from now on. */
  public void dma(DmaManner next) {
    manner = next;
  }

  /** Requests of the server so far. */
  public int dmaRequests() {
    return dmaRequests.get();
  }

  /**
   * Sends a request and waits for its reply.
   *
   * @throws IllegalStateException when the server ends the connection instead
   */
  public Answer ask(int command, byte[] body, Fd... descriptors) {
    int id = nextId.getAndIncrement() & 0x7FFF;
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    if (end.isDone()) {
      failWaiting(end.join());
    }
    send(header(id, command, 0, 0, body), descriptors);
    try {
      return answer.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("no answer to command " + command, e);
    }
  }

  /** Sends a request that wants no reply. */
  public void post(int command, byte[] body, Fd... descriptors) {
    send(header(nextId.getAndIncrement() & 0x7FFF, command, NO_REPLY, 0, body), descriptors);
  }

  /** The bytes of a message: its header of 16 bytes and the body. */
  public static byte[] header(int id, int command, int flags, int errno, byte[] body) {
    ByteBuffer message = body(HEADER + body.length).putShort((short) id).putShort((short) command);
    return message.putInt(HEADER + body.length).putInt(flags).putInt(errno).put(body).array();
  }

  /** Sends bytes that need not be a well-formed message. */
  public synchronized void send(byte[] bytes, Fd... descriptors) {
    try {
      ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      stream.send(direct, List.of(descriptors));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the server ends the connection in time. */
  public boolean ends(Duration within) {
    try {
      end.get(within.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void read() {
    String why = readToTheEnd();
    end.complete(why);
    failWaiting(why);
  }

  private String readToTheEnd() {
    try {
      while (message()) {}
      return "the server closed the connection";
    } catch (IOException | RuntimeException e) {
      return e.toString();
    }
  }

  /** Fails every request that waits: no reply can be received. A later request fails by itself. */
  private void failWaiting(String why) {
    waiting
        .values()
        .forEach(a -> a.completeExceptionally(new IllegalStateException("no answer: " + why)));
  }

  private boolean message() throws IOException {
    ByteBuffer header = little(HEADER);
    if (!fill(header)) {
      return false;
    }
    ByteBuffer body = little(header.getInt(4) - HEADER);
    if (!fill(body)) {
      throw new IOException("the server sent half a message");
    }
    byte[] bytes = new byte[body.limit()];
    body.get(0, bytes);
    int id = header.getShort(0) & 0xFFFF;
    int command = header.getShort(2);
    if ((header.getInt(8) & 0xF) == REPLY) {
      reply(id, command, header, bytes);
    } else {
      request(id, command, bytes);
    }
    return true;
  }

  private void reply(int id, int command, ByteBuffer header, byte[] body) throws IOException {
    CompletableFuture<Answer> answer = waiting.remove(id);
    boolean error = (header.getInt(8) & ERROR) != 0;
    if (answer == null || (error && (body.length > 0 || header.getInt(12) == 0))) {
      throw new IOException("a reply that should not be: " + id);
    }
    answer.complete(new Answer(command, error ? header.getInt(12) : 0, body));
  }

  private void request(int id, int command, byte[] body) {
    dmaRequests.incrementAndGet();
    ByteBuffer fields = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    long address = fields.getLong(0);
    long count = fields.getLong(8);
    switch (manner) {
      case IGNORE -> {}
      case REFUSE -> send(header(id, command, REPLY | ERROR, 1, new byte[0]));
      case CUT -> send(header(id, command, REPLY, 0, new byte[11]));
      case SERVE ->
          ram.at(address, count)
              .ifPresentOrElse(
                  memory -> send(header(id, command, REPLY, 0, serve(command, body, memory))),
                  () -> send(header(id, command, REPLY | ERROR, 14, new byte[0])));
    }
  }

  private static byte[] serve(int command, byte[] request, MemorySegment memory) {
    boolean read = command == 11;
    int count = (int) memory.byteSize();
    byte[] reply = Arrays.copyOf(request, 16 + (read ? count : 0));
    if (read) {
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, reply, 16, count);
    } else {
      MemorySegment.copy(request, 16, memory, ValueLayout.JAVA_BYTE, 0, count);
    }
    return reply;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Fills a buffer; false when the stream ends before the first byte. */
  private boolean fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (stream.receive(buffer) == 0) {
        if (buffer.position() == 0) {
          return false;
        }
        throw new IOException("the stream ended within a message");
      }
    }
    return true;
  }

  /** Ends the connection and waits for the own thread; does nothing the second time. */
  @Override
  public void close() {
    stream.close();
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    mappings.forEach(SharedMapping::close);
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
