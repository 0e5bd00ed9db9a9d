package io.vsmmu.lab;

import static io.vsmmu.lab.Results.becomes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A stock QEMU that owns a NIC and two functions of one iommu group, a stock guest that uses them,
 * and the service that translates their DMA, all inside the host lab. Prints a result a line.
 *
 * <p>Three QEMUs, one after the other: the first one's guest works, faults, reboots and switches
 * off; the second one loses its NIC and gets it again; under the third one the service is killed,
 * and then the third one itself.
 */
public final class LiveMachine extends LiveProgram {

  private static final String NIC_SID = "0x100";
  private static final int PATIENCE_SECONDS = 120;
  private static final int PLUG_SECONDS = 10;
  private static final String UNMAPPED = "0xdead0000";

  /**
   * What QEMU 11.1.3 says when it ends by itself: hw/vfio/iommufd.c, iommufd_cdev_attach, takes
   * every container of the address space for one of its own, that of a vfio-user device too.
   */
  private static final String CAST = "is not an instance of type vfio-iommu-iommufd";

  /** Batches of TLBIs with a CMD_SYNC each, as Linux sends without range invalidation. */
  private static final int BATCHES = 10;

  private static final int PAGES = 64;

  private LiveMachine(String[] arguments) {
    super(arguments);
  }

  public static void main(String[] arguments) {
    new LiveMachine(arguments).runAndExit();
  }

  @Override
  void run() throws Exception {
    results.check("the service is ready", service::awaitReady);
    service.create();
    try (StockQemu qemu = start()) {
      checkFirstBoot(qemu);
      checkTraffic(qemu);
      checkFault(qemu);
      checkNewBoots(qemu);
      checkEnd(qemu);
    }
    try (StockQemu qemu = start()) {
      checkUnplug(qemu);
      checkPlugIn(qemu);
    }
    try (StockQemu qemu = start()) {
      checkServiceKilled(qemu);
      checkQemuKilled(qemu);
    }
    service.export(kept.resolve("live.vsmmulog"));
    try (TranslatedEdu edu = service.scriptedGuest()) {
      checkOmittedInvalidation(edu);
      checkBatches(edu);
    }
  }

  private StockQemu start() throws Exception {
    return StockQemu.start(LiveService.runCommand(StockQemu.commandLine(kernel)), kept);
  }

  // --- The first QEMU.

  private void checkFirstBoot(StockQemu qemu) {
    results.check(
        "run became QEMU: the same process",
        () ->
            Files.readString(Path.of("/proc/" + qemu.process().pid() + "/comm"))
                .startsWith("qemu-system"));
    results.check("the guest boots", () -> qemu.boots(0));
    results.check(
        "the NIC that QEMU bound is behind the vSMMU",
        () -> becomes("ATTACHED", PATIENCE_SECONDS, () -> service.device(LiveService.NIC)));
    results.check(
        "so are two functions of one iommu group, whose device objects the kernel names",
        () ->
            becomes("ATTACHED", PATIENCE_SECONDS, () -> service.device(LiveService.EDU_0))
                && becomes("ATTACHED", PATIENCE_SECONDS, () -> service.device(LiveService.EDU_1)));
    results.check(
        "and a device on a root bus, distinguished by proof",
        () -> becomes("ATTACHED", PATIENCE_SECONDS, () -> service.device(LiveService.EDU_ROOT)));
    results.check(
        "the guest's kernel found the vSMMU by its option ROM",
        () -> qemu.guest("dmesg | grep arm-smmu-v3").contains("arm-smmu-v3.0.auto"));
    results.check(
        "the SMMU's interrupts are MSIs",
        () ->
            !qemu.guest("dmesg | grep arm-smmu-v3").contains("will not be reported")
                && qemu.guest("grep smmu /proc/interrupts").contains("evtq"));
    results.check(
        "the NIC is in a translated group with the host's MSI window one to one",
        () -> {
          String group =
              qemu.guest(
                  "cd /sys/bus/pci/devices/0000:01:00.0/iommu_group; cat type reserved_regions");
          return group.contains("DMA") && group.contains("0x00000000080fffff direct");
        });
  }

  private void checkTraffic(StockQemu qemu) throws Exception {
    qemu.network();
    results.check("ping through the guest's own stage 1", () -> qemu.pinged(10) == 10);
    results.check(
        "MSIs of the NIC arrive",
        () ->
            qemu.number(
                    "awk '/MSI.*eth/ { n += $2 } END { print \"n=\" n+0 \".\" }' /proc/interrupts",
                    "n=(\\d+)\\.",
                    PATIENCE_SECONDS)
                > 0);
    results.check(
        "the NIC's stream is TRANSLATE, with the context descriptor of the guest's STE",
        () ->
            service.effective(NIC_SID).equals("TRANSLATE") && service.contextPointer(NIC_SID) != 0);
    results.check(
        "three times down and up",
        () -> {
          qemu.guest(
              "for i in 1 2 3; do ifconfig $I down; ifconfig $I 10.0.2.15 up; done; sleep 4", 300);
          return qemu.pinged(5) == 5;
        });
    results.check(
        "driver unbound and bound again",
        () -> {
          qemu.guest(
              "cd /sys/bus/pci/drivers/e1000e; echo 0000:01:00.0 >unbind; echo 0000:01:00.0 >bind");
          qemu.network();
          return qemu.pinged(5) == 5;
        });
    results.check(
        "for the host at most one request for each CMD_SYNC",
        () -> service.invalidationCalls() > 0 && service.invalidationCalls() <= service.messages());
    results.check("the vSMMU is sound", service::isSound);
    results.check(
        "the guest's kernel has no complaint about its SMMU",
        () -> !qemu.guest("dmesg | grep -i smmu").matches("(?s).*(timeout|CERROR|unexpected).*"));
  }

  private void checkFault(StockQemu qemu) throws Exception {
    for (int function = 0; function < 2; function++) {
      String device = "0000:02:00." + function;
      String sid = "0x20" + function;
      int before = service.events("FaultsReported");
      qemu.guest("dmesg -c >/dev/null; /live-dma " + device + " " + UNMAPPED);
      results.check(
          "a DMA of " + device + " to an unmapped address is an event in the guest's kernel log",
          () -> {
            Thread.sleep(3000);
            String said = qemu.guest("dmesg");
            if (said.contains("F_TRANSLATION client: " + device + " sid: " + sid)) {
              return true;
            }
            throw new IllegalStateException(said);
          });
      results.check("and in the log", () -> service.events("FaultsReported") > before);
    }
  }

  private void checkNewBoots(StockQemu qemu) throws Exception {
    int before = qemu.printed();
    qemu.type("reboot -f");
    results.check("the guest reboots", () -> qemu.boots(before));
    qemu.network();
    results.check("and pings", () -> qemu.pinged(5) == 5);
    int resets = service.events("VsmmuReset");
    int again = qemu.printed();
    qemu.monitor("{\"execute\":\"system_reset\"}");
    results.check("the guest boots after system_reset", () -> qemu.boots(again));
    results.check("the reset is in the log", () -> service.events("VsmmuReset") > resets);
    qemu.network();
    results.check("it pings", () -> qemu.pinged(5) == 5);
    results.check(
        "the NIC's stream translates again", () -> service.effective(NIC_SID).equals("TRANSLATE"));
  }

  private void checkEnd(StockQemu qemu) throws Exception {
    qemu.type("poweroff -f");
    results.check(
        "the guest switches off, and the exit code is QEMU's",
        () ->
            qemu.process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)
                && qemu.process().exitValue() == 0);
    checkNothingIsLeft();
  }

  private void checkNothingIsLeft() {
    results.check(
        "the service releases every device",
        () -> becomes("unknown", PATIENCE_SECONDS, () -> service.device(LiveService.NIC)));
    results.check("and the log says so", service::hasNoDevices);
  }

  // --- The second one.

  private void checkUnplug(StockQemu qemu) throws Exception {
    results.check("a second QEMU after the first boots its guest", () -> qemu.boots(0));
    results.check(
        "with the NIC behind the same vSMMU",
        () -> becomes("ATTACHED", PATIENCE_SECONDS, () -> service.device(LiveService.NIC)));
    qemu.network();
    results.check("it pings", () -> qemu.pinged(5) == 5);
    int detached = service.events("DeviceDetached");
    qemu.monitor("{\"execute\":\"device_del\",\"arguments\":{\"id\":\"vsmmu-device0\"}}");
    results.check(
        "after device_del the service releases the NIC",
        () -> becomes("UNPLUGGED", PATIENCE_SECONDS, () -> service.device(LiveService.NIC)));
    results.check("which is in the log", () -> service.events("DeviceDetached") == detached + 1);
    results.check(
        "the other devices stay behind the vSMMU",
        () -> service.device(LiveService.EDU_0).equals("ATTACHED"));
  }

  /** Either QEMU can plug a device in beside a vfio-user function, or it ends by its own error. */
  private void checkPlugIn(StockQemu qemu) throws Exception {
    qemu.tell(
        ("{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"vfio-pci\",\"id\":\"again\","
                + "\"host\":\"%s\",\"iommufd\":\"vsmmu-iommufd\",\"bus\":\"port1\",\"rombar\":0}}")
            .formatted(LiveService.NIC));
    if (qemu.process().waitFor(PLUG_SECONDS, TimeUnit.SECONDS)) {
      results.check(
          "device_add: this QEMU ends by an error of its own: " + CAST,
          () -> qemu.output().contains(CAST));
      checkNothingIsLeft();
      return;
    }
    results.check(
        "after device_add the NIC is behind the vSMMU again",
        () -> becomes("ATTACHED", PATIENCE_SECONDS, () -> service.device(LiveService.NIC)));
    Thread.sleep(3000);
    qemu.network();
    results.check("and pings", () -> qemu.pinged(5) == 5);
    qemu.type("poweroff -f");
    qemu.process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  // --- The third one.

  private void checkServiceKilled(StockQemu qemu) throws Exception {
    results.check("a third QEMU boots its guest", () -> qemu.boots(0));
    results.check(
        "with the NIC behind the vSMMU",
        () -> becomes("ATTACHED", PATIENCE_SECONDS, () -> service.device(LiveService.NIC)));
    qemu.network();
    results.check("it pings", () -> qemu.pinged(5) == 5);
    long position = service.position();
    int from = qemu.printed();
    qemu.type("ping -c 100 -i 0.2 10.0.2.2");
    Thread.sleep(2000);
    service.kill();
    results.check(
        "frames go through the guest's stage 1 while no service runs",
        () -> repliesAfter(qemu, from) && !service.isReady());
    results.check("the service answers again", service::awaitReady);
    results.check("QEMU goes on meanwhile", qemu.process()::isAlive);
    results.check(
        "the service finds QEMU and takes over what the log names; it binds nothing anew",
        () -> service.adoptedSince(position));
    results.check(
        "the devices are behind the vSMMU, and the stream translates still",
        () ->
            service.device(LiveService.NIC).equals("ATTACHED")
                && service.effective(NIC_SID).equals("TRANSLATE"));
  }

  /** The kill may cut a reply in two; what begins after it counts. */
  private static boolean repliesAfter(StockQemu qemu, int from) throws Exception {
    int killed = qemu.printed();
    Thread.sleep(10_000);
    String since = qemu.printedSince(killed);
    if (since.contains("bytes from")) {
      return true;
    }
    // Without its peer this QEMU has once ended by an assertion of its own (docs/host.md).
    throw new IllegalStateException(
        qemu.process().isAlive()
            ? "the guest printed: " + qemu.printedSince(from)
            : "QEMU itself ended with status %d and wrote: %s"
                .formatted(qemu.process().exitValue(), qemu.output()));
  }

  private void checkQemuKilled(StockQemu qemu) {
    results.check(
        "QEMU is killed",
        () -> qemu.process().destroyForcibly().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    checkNothingIsLeft();
  }

  // --- A scripted guest with an edu of its own.

  /** The physical SMMU caches translations: what a guest forgets to invalidate stays in use. */
  private void checkOmittedInvalidation(TranslatedEdu edu) {
    results.check(
        "a scripted guest's edu reaches what its tables map",
        () -> edu.effective().equals("TRANSLATE") && edu.reaches(TranslatedEdu.PAGE_A, 1));
    edu.map(TranslatedEdu.PAGE_B);
    results.check(
        "without a TLBI it goes on with the old translation",
        () -> edu.reaches(TranslatedEdu.PAGE_A, 2));
    edu.invalidate();
    results.check(
        "with one it has the new translation", () -> edu.reaches(TranslatedEdu.PAGE_B, 3));
  }

  private void checkBatches(TranslatedEdu edu) throws Exception {
    double calls = service.invalidationCalls();
    double commands = service.invalidationCommands();
    edu.invalidate(BATCHES, PAGES);
    double ratio =
        (service.invalidationCalls() - calls) / (service.invalidationCommands() - commands);
    results.check(
        "of a guest that batches, requests to the host : invalidations are at most 0.05: " + ratio,
        () -> ratio <= 0.05 && service.invalidationCommands() - commands == BATCHES * PAGES);
  }
}
