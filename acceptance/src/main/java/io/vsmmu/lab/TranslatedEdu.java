package io.vsmmu.lab;

import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.scripted.guest.GuestShape;
import io.vsmmu.scripted.guest.MemoryManner;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A real edu device whose DMA a scripted guest translates by tables of its own, through a vSMMU.
 * The scripted VMM keeps the device's file; the service binds the device.
 */
final class TranslatedEdu implements AutoCloseable {

  /** The guest's StreamID of the device. */
  static final int SID = 0x100;

  /** Two blocks of the guest's RAM that the device's address can be mapped to. */
  static final long PAGE_A = GuestShape.RAM + 0x240_0000;

  static final long PAGE_B = GuestShape.RAM + 0x260_0000;

  private static final long IOVA = 0x20_0000;
  private static final int BYTES = 256;

  private final Api api;
  private final String vsmmu;
  private final EduFile device;
  private final ScriptedGuest guest;
  private final Stage1 tables;

  private TranslatedEdu(Api api, String vsmmu, EduFile device, ScriptedGuest guest, Stage1 tables) {
    this.api = api;
    this.vsmmu = vsmmu;
    this.device = device;
    this.guest = guest;
    this.tables = tables;
  }

  /**
   * Hands a copy of the device's file over, makes the vSMMU, and boots a guest whose tables map the
   * device's address to {@link #PAGE_A}.
   *
   * @param data the service's data directory
   * @param file of the device, below {@code /dev/vfio/devices}
   * @param vsmmu name of the vSMMU to make
   */
  static TranslatedEdu start(Api api, Path data, Path file, String vsmmu)
      throws IOException, InterruptedException, PosixException {
    EduFile device = new EduFile(file);
    String address = handOver(data, device);
    api.post("/api/v1/vsmmus", "{\"name\":\"%s\"}".formatted(vsmmu));
    Path socket = Path.of(api.get("/api/v1/vsmmus/" + vsmmu).path("socket").asString(""));
    ScriptedGuest guest = ScriptedGuest.connect(socket, MemoryManner.DESCRIPTOR);
    api.post(
        "/api/v1/vsmmus/" + vsmmu + "/devices",
        "{\"hostDevice\":\"%s\",\"sid\":\"0x%x\"}".formatted(address, SID));
    device.enable();
    guest.boot();
    Stage1 tables = new Stage1(guest.ram());
    tables.map(IOVA, PAGE_A);
    guest.install(SID, ScriptedGuest.translate(Stage1.CONTEXTS));
    return new TranslatedEdu(api, vsmmu, device, guest, tables);
  }

  /** The device's address, by which the service knows it. */
  private static String handOver(Path data, EduFile device) throws IOException {
    try (UnixStream socket = UnixStream.connect(data.resolve("host.sock"))) {
      socket.send(ByteBuffer.allocateDirect(1).put((byte) '\n').flip(), List.of(device.fd()));
      ByteBuffer answer = ByteBuffer.allocateDirect(1024);
      socket.receive(answer);
      String text = StandardCharsets.UTF_8.decode(answer.flip()).toString();
      if (!text.contains("\"hostDevice\"")) {
        throw new IOException("the device is not taken: " + text.strip());
      }
      return text.replaceAll("(?s).*\"hostDevice\"\\s*:\\s*\"([^\"]*)\".*", "$1");
    }
  }

  ScriptedGuest guest() {
    return guest;
  }

  /** Where the device's transactions go now, as {@code GET /vsmmus/{name}/state} names it. */
  String effective() throws Exception {
    for (JsonNode stream : api.get("/api/v1/vsmmus/" + vsmmu + "/state").path("streams")) {
      if (stream.path("sid").asString("").equals("0x" + Integer.toHexString(SID))) {
        return stream.path("effective").asString("");
      }
    }
    return "none";
  }

  /** Maps the device's address to another block in the tables; no invalidation is sent. */
  void map(long block) {
    tables.map(IOVA, block);
  }

  /** Tells the SMMU that all translations of the guest may have changed, and waits. */
  void invalidate() {
    CommandEntry all = new TlbInvalidation.All(CommandOpcode.TLBI_NH_ALL, 0).encode();
    guest.command(all);
    guest.sync();
  }

  /** Invalidates pages, so many at a time with a CMD_SYNC each. */
  void invalidate(int batches, int pages) {
    for (int batch = 0; batch < batches; batch++) {
      CommandEntry[] commands = new CommandEntry[pages];
      for (int page = 0; page < pages; page++) {
        commands[page] = ScriptedGuest.invalidate(IOVA + page * 4096L);
      }
      guest.command(commands);
      guest.sync();
    }
  }

  /**
   * Whether a DMA of the device within its address reaches a block of the guest's RAM: it copies
   * bytes from the block's beginning to its second page.
   *
   * @param seed of the bytes, other ones than before
   */
  boolean reaches(long block, int seed) throws InterruptedException {
    byte[] pattern = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      pattern[i] = (byte) (i * 7 + seed);
    }
    guest.ram().write(block, pattern);
    guest.ram().write(block + 0x1000, new byte[BYTES]);
    device.copy(IOVA, IOVA + 0x1000, BYTES);
    return Arrays.equals(pattern, guest.ram().read(block + 0x1000, BYTES));
  }

  /** Lets the device read an address that no table maps. */
  void fault() throws InterruptedException {
    device.copy(IOVA + 2 * Stage1.BLOCK, IOVA, 4);
  }

  @Override
  public void close() {
    guest.close();
    device.close();
  }
}
