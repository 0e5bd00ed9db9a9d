package io.vsmmu.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** The service inside the host lab, its vSMMU {@code live}, and the devices of this machine. */
final class LiveService {

  /** PCI address of the e1000e, which is on a root bus. */
  static final String NIC = "0000:00:05.0";

  /** Two functions of one iommu group behind a root port, QEMU's edu. */
  static final String EDU_0 = "0000:03:00.0";

  static final String EDU_1 = "0000:03:00.1";

  /** PCI address of the edu device that is on a root bus. */
  static final String EDU_ROOT = "0000:00:03.0";

  /** Where the guest has the NIC, as {@code --device} takes it. */
  static final String NIC_PLACE = NIC + "=0x100,bus=port1,addr=0.0,rombar=0";

  private static final String EDU_SCRIPTED = "0000:00:04.0";
  private static final String VSMMU = "/api/v1/vsmmus/live";
  private static final int READY_SECONDS = 300;
  private static final int PAGE = 1000;

  private final Api api;
  private final Path data;
  private final Path pidFile;

  /**
   * The service at this address.
   *
   * @param data its data directory
   * @param pidFile holds the id of its process
   */
  LiveService(String url, Path data, Path pidFile) {
    this.api = new Api(url);
    this.data = data;
    this.pidFile = pidFile;
  }

  /** Whether the service takes requests within its time. */
  boolean awaitReady() throws InterruptedException {
    return api.awaitReady(READY_SECONDS);
  }

  boolean isReady() throws InterruptedException {
    return api.isReady();
  }

  /** Makes the vSMMU, with the service's default durability. */
  void create() throws Exception {
    api.post("/api/v1/vsmmus", "{\"name\":\"live\"}");
  }

  void create(String durability) throws Exception {
    api.post("/api/v1/vsmmus", "{\"name\":\"live\",\"durability\":\"%s\"}".formatted(durability));
  }

  void delete() throws Exception {
    api.delete(VSMMU);
  }

  /** {@code ./vsmmu run live} with all devices, in front of QEMU's command line. */
  static List<String> runCommand(List<String> qemu) {
    return runCommand(
        qemu,
        NIC_PLACE,
        EDU_0 + "=0x200,bus=port2,addr=0.0,multifunction=on,rombar=0",
        EDU_1 + "=0x201,bus=port2,addr=0.1,rombar=0",
        EDU_ROOT + "=0x18");
  }

  /** The command line of {@code vsmmu run} that adds these devices to QEMU's. */
  static List<String> runCommand(List<String> qemu, String... devices) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "io.vsmmu.cli.VsmmuMain",
            "run",
            "live"));
    for (String device : devices) {
      command.addAll(List.of("--device", device));
    }
    command.add("--");
    command.addAll(qemu);
    return command;
  }

  /** Kills its process; whatever started it starts it again. */
  void kill() throws Exception {
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
  }

  /**
   * Where a stream's transactions go now, as {@code GET /vsmmus/{name}/state} names it; {@code
   * none} for a stream without a device.
   */
  String effective(String sid) throws Exception {
    return stream(sid).path("effective").asString("none");
  }

  /** S1ContextPtr of the stream's STE as the guest wrote it (IHI 0070, 5.2). */
  long contextPointer(String sid) throws Exception {
    String pointer = stream(sid).at("/decoded/S1ContextPtr").asString("0x0");
    return Long.parseUnsignedLong(pointer.substring(2), 16);
  }

  private JsonNode stream(String sid) throws Exception {
    for (JsonNode stream : api.get(VSMMU + "/state").path("streams")) {
      if (stream.path("sid").asString("").equals(sid)) {
        return stream;
      }
    }
    return MissingNode.getInstance();
  }

  /** The state of a VMM's device with its problem, {@code unknown} without a VMM. */
  String device(String address) throws Exception {
    for (JsonNode vmm : api.get("/api/v1/hosts/local/vmms").path("items")) {
      for (JsonNode device : vmm.path("devices")) {
        if (device.path("hostDevice").asString("").equals(address)) {
          JsonNode problem = device.path("problem");
          String state = device.path("state").asString("");
          return problem.isObject() ? state + " " + problem : state;
        }
      }
    }
    return "unknown";
  }

  boolean hasNoDevices() throws Exception {
    return api.get(VSMMU + "/devices").path("items").isEmpty();
  }

  boolean isSound() throws Exception {
    JsonNode health = api.get(VSMMU).path("health");
    if (health.path("status").asString("").equals("OK")) {
      return true;
    }
    throw new IllegalStateException(health.toString());
  }

  /** Number of events of a type, of the first {@value #PAGE}. */
  int events(String type) throws Exception {
    return page(type).size();
  }

  private JsonNode page(String type) throws Exception {
    return api.get(VSMMU + "/events?limit=" + PAGE + "&type=" + type).path("items");
  }

  /** Position of the vSMMU's last event. */
  long position() throws Exception {
    return api.get(VSMMU).path("position").asLong(0);
  }

  /** Whether an outcome from a position on takes devices over, and none binds one. */
  boolean adoptedSince(long position) throws Exception {
    String outcomes = page("HostOutcomeReported&from=" + position).toString();
    return outcomes.contains("ADOPT_DEVICE") && !outcomes.contains("BIND_DEVICE");
  }

  /** Requests to the host with invalidations. */
  double invalidationCalls() throws Exception {
    return counter("vsmmu_host_invalidation_calls_total");
  }

  /** Invalidation commands in these requests. */
  double invalidationCommands() throws Exception {
    return counter("vsmmu_host_invalidation_commands_total");
  }

  private double counter(String name) throws Exception {
    Matcher line =
        Pattern.compile("(?m)^" + name + " (\\S+)").matcher(api.text("/actuator/prometheus"));
    if (!line.find()) {
      throw new IllegalStateException("no " + name);
    }
    return Double.parseDouble(line.group(1));
  }

  /** MSIs, of which each CMD_SYNC of a guest by MSI causes one. */
  double messages() throws Exception {
    return counter("vsmmu_gateway_messages_total");
  }

  /** A scripted guest behind a vSMMU of its own, with a device that QEMU does not have. */
  TranslatedEdu scriptedGuest() throws Exception {
    Path device = Path.of("/sys/bus/pci/devices", EDU_SCRIPTED, "vfio-dev");
    try (var files = Files.list(device)) {
      String file = files.findFirst().orElseThrow().getFileName().toString();
      return TranslatedEdu.start(api, data, Path.of("/dev/vfio/devices", file), "scripted");
    }
  }

  /** Writes the log of the vSMMU into a file. */
  void export(Path file) throws Exception {
    api.download(VSMMU + "/export", file);
  }
}
