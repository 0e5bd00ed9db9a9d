package io.vsmmu.lab;

import static io.vsmmu.lab.TranslatedEdu.PAGE_A;
import static io.vsmmu.lab.TranslatedEdu.PAGE_B;

import io.vsmmu.scripted.guest.Await;
import io.vsmmu.smmu.spec.EventRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A VMM that has a device, a guest that translates its DMA, and a service that is killed and
 * started again meanwhile. Prints a result a line.
 *
 * <p>Arguments: the service's URL, its data directory, the device's vfio file, the file with the
 * service's process id.
 */
public final class RealDeviceGuest {

  private static final int PATIENCE_SECONDS = 240;
  private static final String VSMMU = "/api/v1/vsmmus/kept";

  private final Results results = new Results();
  private final Api api;
  private final Path pidFile;

  private RealDeviceGuest(String url, Path pidFile) {
    this.api = new Api(url);
    this.pidFile = pidFile;
  }

  public static void main(String[] arguments) throws Exception {
    RealDeviceGuest run = new RealDeviceGuest(arguments[0], Path.of(arguments[3]));
    run.run(Path.of(arguments[1]), Path.of(arguments[2]));
    System.exit(run.results.allHold() ? 0 : 1);
  }

  private void run(Path data, Path file) throws Exception {
    awaitService();
    try (TranslatedEdu edu = TranslatedEdu.start(api, data, file, "kept")) {
      results.check("the stream translates", () -> edu.effective().equals("TRANSLATE"));
      results.check(
          "the device's DMA goes where the guest's tables say", () -> edu.reaches(PAGE_A, 1));
      checkFault(edu);
      edu.map(PAGE_B);
      edu.invalidate();
      results.check(
          "after TLBI and CMD_SYNC the device uses the new translation",
          () -> edu.reaches(PAGE_B, 2));
      edu.map(PAGE_A);
      edu.invalidate();
      kill();
      results.check("DMA goes on while no service runs", () -> edu.reaches(PAGE_A, 3));
      awaitService();
      checkTakenOver(edu);
      results.check("and when it is back", () -> edu.reaches(PAGE_A, 4));
      api.delete(VSMMU);
      // The VMM has the device's file still, so the kernel has the device bound.
      results.check(
          "after the vSMMU is deleted the device reaches nothing", () -> !edu.reaches(PAGE_A, 5));
    }
  }

  private void awaitService() {
    results.check("the service is ready", () -> api.awaitReady(PATIENCE_SECONDS));
  }

  private void checkFault(TranslatedEdu edu) throws Exception {
    edu.fault();
    results.check(
        "a fault of the device is in the guest's event queue, with the guest's StreamID",
        () -> {
          List<EventRecord> records = new ArrayList<>();
          Await.within(
              Duration.ofSeconds(PATIENCE_SECONDS),
              Duration.ofSeconds(1),
              () -> records.addAll(edu.guest().events()));
          return !records.isEmpty() && isTranslationFault(records.getFirst());
        });
    results.check(
        "and in the log",
        () -> !api.get(VSMMU + "/events?type=FaultsReported").path("items").isEmpty());
  }

  private static boolean isTranslationFault(EventRecord record) {
    if ((record.word0() & 0xFF) == 0x10 && record.word0() >>> 32 == TranslatedEdu.SID) {
      return true;
    }
    throw new IllegalStateException(record.toString());
  }

  private void kill() throws Exception {
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    results.check(
        "the service is killed", () -> ProcessHandle.of(pid).orElseThrow().destroyForcibly());
    while (ProcessHandle.of(pid).isPresent()
        && Files.readString(pidFile).strip().equals("" + pid)) {
      Thread.sleep(20);
    }
  }

  private void checkTakenOver(TranslatedEdu edu) throws Exception {
    var outcomes = api.get(VSMMU + "/events?type=HostOutcomeReported&limit=1000").path("items");
    String last = outcomes.get(outcomes.size() - 1).toString();
    results.check("the new process took the device over", () -> last.contains("ADOPT_DEVICE"));
    results.check(
        "and bound or allocated nothing",
        () -> !last.contains("BIND_DEVICE") && !last.contains("ALLOC"));
    results.check("the stream translates still", () -> edu.effective().equals("TRANSLATE"));
    results.check("the vSMMU is sound", () -> api.get(VSMMU).toString().contains("\"OK\""));
  }
}
