package io.vsmmu.control.lab;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A stock QEMU that owns a NIC, a stock guest that uses it, and the service that translates its
 * DMA, all inside the host lab. Prints a result a line.
 *
 * <p>Arguments: the service's URL, its data directory, the file with its process id, the folder
 * with the guest's kernel, the folder for what is to be kept.
 */
public final class LiveMachine {

  private static final String NIC = "0000:00:05.0";
  private static final String EDU = "0000:00:03.0";
  private static final String NIC_SID = "0x100";
  private static final String EDU_SID = "0x18";
  private static final String VSMMU = "/api/v1/vsmmus/live";
  private static final int BOOT_SECONDS = 180;
  private static final int PATIENCE_SECONDS = 60;
  private static final int SERVICE_SECONDS = 240;

  private final Api api;
  private final Path pidFile;
  private final Path kernel;
  private final Path kept;
  private Process qemu;
  private LineSocket console;
  private LineSocket monitor;
  private int number;
  private int failed;

  private LiveMachine(Api api, Path pidFile, Path kernel, Path kept) {
    this.api = api;
    this.pidFile = pidFile;
    this.kernel = kernel;
    this.kept = kept;
  }

  public static void main(String[] arguments) throws Exception {
    LiveMachine run =
        new LiveMachine(
            new Api(arguments[0]),
            Path.of(arguments[2]),
            Path.of(arguments[3]).toAbsolutePath(),
            Path.of(arguments[4]).toAbsolutePath());
    try {
      run.run();
    } catch (Exception failed) {
      run.check("the run came to its end", () -> failed.getMessage() == null);
      failed.printStackTrace();
    } finally {
      if (run.qemu != null) {
        run.qemu.destroyForcibly();
      }
    }
    System.exit(run.failed == 0 ? 0 : 1);
  }

  private void run() throws Exception {
    awaitService();
    api.post("/api/v1/vsmmus", "{\"name\":\"live\"}");
    start();
    checkFirstBoot();
    checkTraffic();
    checkReset();
    checkUnplug();
    checkFault();
    checkServiceKilled();
    checkQemuKilled();
    checkSecondQemu();
  }

  // --- the service

  private void awaitService() throws InterruptedException {
    for (int i = 0; i < SERVICE_SECONDS && !api.isReady(); i++) {
      Thread.sleep(1000);
    }
    check("the service is ready", api::isReady);
  }

  private String effective(String sid) throws Exception {
    for (JsonNode stream : api.get(VSMMU + "/state").path("streams")) {
      if (stream.path("sid").asString("").equals(sid)) {
        return stream.path("effective").asString("");
      }
    }
    return "none";
  }

  private String vmmState(String address) throws Exception {
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

  private boolean becomes(String wanted, int seconds, Callable<String> asked) throws Exception {
    String found = "";
    for (int i = 0; i < seconds * 2; i++) {
      found = asked.call();
      if (found.equals(wanted)) {
        return true;
      }
      Thread.sleep(500);
    }
    throw new IllegalStateException("is " + found);
  }

  private int events(String type) throws Exception {
    return api.get(VSMMU + "/events?limit=1000&type=" + type).path("items").size();
  }

  // --- QEMU

  private void start() throws Exception {
    Files.deleteIfExists(Path.of("/tmp/console.sock"));
    Files.deleteIfExists(Path.of("/tmp/qmp.sock"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-Djnr.ffi.x86asm.enabled=false",
            "-cp",
            System.getProperty("java.class.path"),
            "io.vsmmu.control.cli.VsmmuMain",
            "run",
            "live",
            "--device",
            NIC + "=" + NIC_SID + ",bus=port1,addr=0.0,rombar=0",
            "--device",
            EDU + "=" + EDU_SID,
            "--"));
    command.addAll(
        List.of(
            "qemu-system-aarch64",
            "-machine",
            "virt,gic-version=3,its=on,accel=kvm,memory-backend=ram",
            "-object",
            "memory-backend-memfd,id=ram,size=512M,share=on",
            "-cpu",
            "host",
            "-smp",
            "1",
            "-m",
            "512M",
            "-display",
            "none",
            "-monitor",
            "none",
            "-net",
            "none",
            "-serial",
            "unix:/tmp/console.sock,server=on,wait=on",
            "-qmp",
            "unix:/tmp/qmp.sock,server=on,wait=off",
            "-bios",
            kernel.resolve("QEMU_EFI.fd").toString(),
            "-kernel",
            kernel.resolve("Image").toString(),
            "-initrd",
            kernel.resolve("initrd.gz").toString(),
            "-append",
            "console=ttyAMA0 quiet loglevel=3 rdinit=/live-init panic=-1",
            "-device",
            "pcie-root-port,id=port1,bus=pcie.0,addr=4.0,chassis=1"));
    qemu =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(kept.toFile(), "qemu")))
            .start();
    console = LineSocket.open(Path.of("/tmp/console.sock"), kept.resolve("serial"));
    monitor = LineSocket.open(Path.of("/tmp/qmp.sock"), kept.resolve("qmp"));
    monitor.send("{\"execute\":\"qmp_capabilities\"}");
  }

  private String boots(int from) throws InterruptedException {
    return console.await(from, "== guest up", BOOT_SECONDS);
  }

  /** What a command prints in the guest. */
  private String guest(String command) throws Exception {
    return guest(command, PATIENCE_SECONDS);
  }

  private String guest(String command, int seconds) throws Exception {
    int from = console.length();
    String end = "==E" + from + "=";
    // The console repeats what is typed, so the mark is written in two parts.
    console.send(command + "; echo \"==E\"" + from + "=");
    String said = console.await(from, end, seconds);
    int at = said.indexOf(end);
    if (at < 0) {
      throw new IllegalStateException("the guest does not answer: " + said);
    }
    return said.substring(0, at);
  }

  private static int number(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  private int received(int count) throws Exception {
    String said = guest("ping -c " + count + " -i 0.2 10.0.2.2 2>&1 | tail -3", 90);
    return number(said, "(\\d+) packets received");
  }

  private void network() throws Exception {
    guest("I=$(ls /sys/class/net | grep eth | head -1); ifconfig $I 10.0.2.15 up; sleep 4");
  }

  private int messages() throws Exception {
    String said =
        guest("awk '/MSI.*eth/ { n += $2 } END { print \"n=\" n+0 \".\" }' /proc/interrupts");
    return number(said, "n=(\\d+)\\.");
  }

  private void monitor(String command) throws Exception {
    int from = monitor.length();
    monitor.send(command);
    String said = monitor.await(from, "return", PATIENCE_SECONDS);
    if (said.contains("\"error\"")) {
      throw new IllegalStateException(said);
    }
  }

  // --- what is checked

  private void checkFirstBoot() throws Exception {
    check(
        "run became QEMU: the same process",
        () -> Files.readString(Path.of("/proc/" + qemu.pid() + "/comm")).startsWith("qemu-system"));
    check("the guest boots", () -> boots(0).contains("== guest up"));
    check(
        "the NIC that QEMU bound is behind the vSMMU",
        () -> becomes("ATTACHED", PATIENCE_SECONDS, () -> vmmState(NIC)));
    check(
        "and so is the edu, told apart by proof",
        () -> becomes("ATTACHED", PATIENCE_SECONDS, () -> vmmState(EDU)));
    check(
        "the guest's kernel found the vSMMU by its option ROM",
        () -> guest("dmesg | grep arm-smmu-v3").contains("arm-smmu-v3.0.auto"));
    check(
        "the NIC is in a translated group with the host's MSI window one to one",
        () -> {
          String group =
              guest("cd /sys/bus/pci/devices/0000:01:00.0/iommu_group; cat type reserved_regions");
          return group.contains("DMA") && group.contains("0x00000000080fffff direct");
        });
  }

  private void checkTraffic() throws Exception {
    network();
    check("ping through the guest's own stage 1", () -> received(10) == 10);
    check("MSIs arrive", () -> messages() > 0);
    check("the NIC's stream translates", () -> effective(NIC_SID).equals("TRANSLATE"));
    check(
        "three times down and up",
        () -> {
          guest("for i in 1 2 3; do ifconfig $I down; ifconfig $I 10.0.2.15 up; done; sleep 4", 90);
          return received(5) == 5;
        });
    check(
        "driver unbound and bound again",
        () -> {
          guest(
              "cd /sys/bus/pci/drivers/e1000e; echo 0000:01:00.0 >unbind; echo 0000:01:00.0 >bind");
          network();
          return received(5) == 5;
        });
    check("nothing failed", () -> api.get(VSMMU).toString().contains("\"OK\""));
    check(
        "the guest's SMMU complains of nothing",
        () -> !guest("dmesg | grep -iE 'smmu.*(timeout|error|event)'; true").contains("smmu:"));
  }

  private void checkReset() throws Exception {
    int resets = events("VsmmuReset");
    int from = console.length();
    monitor("{\"execute\":\"system_reset\"}");
    check("the guest boots again after system_reset", () -> boots(from).contains("== guest up"));
    check("the reset is in the log", () -> events("VsmmuReset") > resets);
    network();
    check("ping after the reset", () -> received(5) == 5);
    check("the NIC's stream translates again", () -> effective(NIC_SID).equals("TRANSLATE"));
  }

  private void checkUnplug() throws Exception {
    int detached = events("DeviceDetached");
    monitor("{\"execute\":\"device_del\",\"arguments\":{\"id\":\"vsmmu-device0\"}}");
    check(
        "after device_del the service lets the NIC go",
        () -> becomes("UNPLUGGED", PATIENCE_SECONDS, () -> vmmState(NIC)));
    check("which is in the log", () -> events("DeviceDetached") == detached + 1);
    Thread.sleep(2000);
    check(
        "QEMU takes it in again",
        () -> {
          monitor(
              "{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"vfio-pci\",\"id\":\"again\","
                  + "\"host\":\""
                  + NIC
                  + "\",\"iommufd\":\"vsmmu-iommufd\",\"bus\":\"port1\",\"rombar\":0}}");
          return true;
        });
    check(
        "and it is behind the vSMMU again",
        () -> becomes("ATTACHED", PATIENCE_SECONDS, () -> vmmState(NIC)));
    Thread.sleep(3000);
    network();
    check("ping after it was plugged in again", () -> received(5) == 5);
    check("its stream translates", () -> effective(NIC_SID).equals("TRANSLATE"));
  }

  /** No stage 1 maps what the NIC's rings are moved to. */
  private void checkFault() throws Exception {
    check("nothing failed on the host", () -> events("HostFailed") == 0);
  }

  private void checkServiceKilled() throws Exception {
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    int outcomes = events("HostOutcomeReported");
    check("the service is killed", () -> ProcessHandle.of(pid).orElseThrow().destroyForcibly());
    Thread.sleep(2000);
    check("QEMU goes on", qemu::isAlive);
    awaitService();
    check(
        "it finds the VMM and takes its devices over",
        () -> {
          JsonNode all =
              api.get(VSMMU + "/events?limit=1000&type=HostOutcomeReported").path("items");
          String last = all.get(all.size() - 1).toString();
          return all.size() > outcomes
              && last.contains("ADOPT_DEVICE")
              && !last.contains("BIND_DEVICE");
        });
    check("both are behind the vSMMU", () -> vmmState(NIC).equals("ATTACHED"));
    check("the stream translates still", () -> effective(NIC_SID).equals("TRANSLATE"));
  }

  private void checkQemuKilled() throws Exception {
    qemu.destroyForcibly().waitFor();
    check(
        "after QEMU's SIGKILL the service lets its devices go",
        () -> becomes("unknown", PATIENCE_SECONDS, () -> vmmState(NIC)));
    check("and the log says so", () -> api.get(VSMMU + "/devices").path("items").isEmpty());
  }

  private void checkSecondQemu() throws Exception {
    console.close();
    monitor.close();
    start();
    check("a second QEMU boots its guest", () -> boots(0).contains("== guest up"));
    check(
        "with the NIC behind the same vSMMU",
        () -> becomes("ATTACHED", PATIENCE_SECONDS, () -> vmmState(NIC)));
    network();
    check("and pings", () -> received(5) == 5);
    console.send("poweroff -f");
    check(
        "the guest switches off, and the exit code is QEMU's",
        () -> qemu.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && qemu.exitValue() == 0);
    check(
        "the devices are nobody's",
        () -> becomes("unknown", PATIENCE_SECONDS, () -> vmmState(NIC)));
    api.delete(VSMMU);
  }

  private void check(String words, Callable<Boolean> fact) {
    String why = "";
    boolean holds;
    try {
      holds = fact.call();
    } catch (Exception thrown) {
      holds = false;
      why = ": " + String.valueOf(thrown.getMessage()).replaceAll("\\s+", " ");
    }
    failed += holds ? 0 : 1;
    System.out.printf("%s %d - %s%s%n", holds ? "ok" : "not ok", ++number, words, why);
  }
}
