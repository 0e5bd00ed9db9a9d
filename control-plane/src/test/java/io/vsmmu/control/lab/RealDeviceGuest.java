package io.vsmmu.control.lab;

import io.vsmmu.posix.UnixStream;
import io.vsmmu.scripted.guest.GuestShape;
import io.vsmmu.scripted.guest.MemoryManner;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A VMM that has a device, a guest that translates its DMA, and a service that dies and comes back
 * meanwhile. Prints a result a line.
 *
 * <p>Arguments: the service's URL, its data directory, the device's vfio file, the file with the
 * service's process id.
 */
public final class RealDeviceGuest {

  private static final int SID = 0x100;
  private static final long IOVA = 0x20_0000;
  private static final long PAGE_A = GuestShape.RAM + 0x240_0000;
  private static final long PAGE_B = GuestShape.RAM + 0x260_0000;
  private static final int BYTES = 256;
  private static final int PATIENCE_SECONDS = 240;
  private static final String VSMMU = "/api/v1/vsmmus/kept";

  private final Api api;
  private final Path data;
  private final EduFile device;
  private final Path pidFile;
  private int number;
  private int failed;

  private RealDeviceGuest(String url, Path data, EduFile device, Path pidFile) {
    this.api = new Api(url);
    this.data = data;
    this.device = device;
    this.pidFile = pidFile;
  }

  public static void main(String[] arguments) throws Exception {
    try (EduFile device = new EduFile(Path.of(arguments[2]))) {
      RealDeviceGuest run =
          new RealDeviceGuest(arguments[0], Path.of(arguments[1]), device, Path.of(arguments[3]));
      run.run();
      System.exit(run.failed == 0 ? 0 : 1);
    }
  }

  private void run() throws Exception {
    awaitService();
    String address = handOver();
    api.post("/api/v1/vsmmus", "{\"name\":\"kept\"}");
    Path socket = Path.of(api.get(VSMMU).path("socket").asString(""));
    try (ScriptedGuest guest = ScriptedGuest.connect(socket, MemoryManner.DESCRIPTOR)) {
      Stage1 tables = translating(guest, address);
      checkDma("the device's DMA goes where the guest's tables say", guest, 1);
      checkFault(guest);
      checkRemap(guest, tables);
      kill();
      checkDma("DMA goes on while no service runs", guest, 3);
      awaitService();
      checkTakenOver();
      checkDma("and when it is back", guest, 4);
      end(guest);
    }
  }

  private void awaitService() throws InterruptedException {
    for (int i = 0; i < PATIENCE_SECONDS && !api.isReady(); i++) {
      Thread.sleep(1000);
    }
    check("the service is ready", api::isReady);
  }

  /** The VMM opens the device and keeps it; the service gets a descriptor of it. */
  private String handOver() throws IOException {
    try (UnixStream socket = UnixStream.connect(data.resolve("host.sock"))) {
      ByteBuffer message = ByteBuffer.allocateDirect(1).put((byte) '\n').flip();
      socket.send(message, List.of(device.fd()));
      ByteBuffer answer = ByteBuffer.allocateDirect(1024);
      socket.receive(answer);
      String text = StandardCharsets.UTF_8.decode(answer.flip()).toString();
      check(
          "a descriptor of the device is taken: " + text.strip(),
          () -> text.contains("hostDevice"));
      return text.replaceAll("(?s).*\"hostDevice\"\\s*:\\s*\"([^\"]*)\".*", "$1");
    }
  }

  private Stage1 translating(ScriptedGuest guest, String address) throws Exception {
    api.post(
        VSMMU + "/devices", "{\"hostDevice\":\"%s\",\"sid\":\"0x%x\"}".formatted(address, SID));
    device.enable();
    guest.boot();
    Stage1 tables = new Stage1(guest.ram());
    tables.map(IOVA, PAGE_A);
    guest.install(SID, ScriptedGuest.translate(Stage1.CONTEXTS));
    check("the stream translates", () -> stream().equals("TRANSLATE"));
    return tables;
  }

  private String stream() throws Exception {
    for (var stream : api.get(VSMMU + "/state").path("streams")) {
      if (stream.path("sid").asString("").equals("0x100")) {
        return stream.path("effective").asString(stream.path("configuration").asString(""));
      }
    }
    return "";
  }

  private void checkDma(String words, ScriptedGuest guest, int seed) throws Exception {
    checkDma(words, guest, seed, PAGE_A);
  }

  /** Copies within the block that IOVA is mapped to, and looks at the guest's RAM. */
  private void checkDma(String words, ScriptedGuest guest, int seed, long mapped) throws Exception {
    byte[] pattern = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      pattern[i] = (byte) (i * 7 + seed);
    }
    guest.ram().write(mapped, pattern);
    guest.ram().write(mapped + 0x1000, new byte[BYTES]);
    device.copy(IOVA, IOVA + 0x1000, BYTES);
    check(words, () -> Arrays.equals(pattern, guest.ram().read(mapped + 0x1000, BYTES)));
  }

  private void checkFault(ScriptedGuest guest) throws Exception {
    device.copy(IOVA + 2 * Stage1.BLOCK, IOVA, 4);
    check(
        "a fault of the device is in the guest's event queue, with the guest's StreamID",
        () -> {
          for (int i = 0; i < PATIENCE_SECONDS; i++) {
            List<EventRecord> records = guest.events();
            if (!records.isEmpty()) {
              return isTranslationFault(records.getFirst());
            }
            Thread.sleep(1000);
          }
          return false;
        });
    check(
        "and in the log",
        () -> !api.get(VSMMU + "/events?type=FaultsReported").path("items").isEmpty());
  }

  private static boolean isTranslationFault(EventRecord record) {
    if ((record.word0() & 0xFF) == 0x10 && record.word0() >>> 32 == SID) {
      return true;
    }
    throw new IllegalStateException(record.toString());
  }

  private void checkRemap(ScriptedGuest guest, Stage1 tables) throws Exception {
    tables.map(IOVA, PAGE_B);
    CommandEntry all = new TlbInvalidation.All(CommandOpcode.TLBI_NH_ALL, 0).encode();
    guest.command(all);
    guest.sync();
    checkDma("after TLBI and CMD_SYNC the device uses the new translation", guest, 2, PAGE_B);
    tables.map(IOVA, PAGE_A);
    guest.command(all);
    guest.sync();
  }

  private void kill() throws Exception {
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    check("the service is killed", () -> ProcessHandle.of(pid).orElseThrow().destroyForcibly());
    while (ProcessHandle.of(pid).isPresent()
        && Files.readString(pidFile).strip().equals("" + pid)) {
      Thread.sleep(20);
    }
  }

  private void checkTakenOver() throws Exception {
    var outcomes = api.get(VSMMU + "/events?type=HostOutcomeReported&limit=1000").path("items");
    String last = outcomes.get(outcomes.size() - 1).toString();
    check("the new process took the device over", () -> last.contains("ADOPT_DEVICE"));
    check(
        "and bound or allocated nothing",
        () -> !last.contains("BIND_DEVICE") && !last.contains("ALLOC"));
    check("the stream translates still", () -> stream().equals("TRANSLATE"));
    check("the vSMMU is sound", () -> api.get(VSMMU).toString().contains("\"OK\""));
  }

  /** The VMM has the device's file still, so the kernel has the device bound. */
  private void end(ScriptedGuest guest) throws Exception {
    api.delete(VSMMU);
    guest.ram().write(PAGE_A + 0x1000, new byte[BYTES]);
    device.copy(IOVA, IOVA + 0x1000, BYTES);
    check(
        "after the vSMMU is deleted the device reaches nothing",
        () -> Arrays.equals(new byte[BYTES], guest.ram().read(PAGE_A + 0x1000, BYTES)));
  }

  private void check(String words, Callable<Boolean> fact) {
    String why = "";
    boolean holds;
    try {
      holds = fact.call();
    } catch (Exception thrown) {
      holds = false;
      why = ": " + thrown;
    }
    failed += holds ? 0 : 1;
    System.out.printf("%s %d - %s%s%n", holds ? "ok" : "not ok", ++number, words, why);
  }
}
