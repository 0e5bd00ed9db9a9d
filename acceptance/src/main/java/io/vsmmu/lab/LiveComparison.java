package io.vsmmu.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The same guest with the same NIC, behind this vSMMU and behind QEMU's own accelerated SMMU, in
 * turn, in one boot of the host lab. Prints what was measured, and the ratios of the means.
 */
public final class LiveComparison extends LiveProgram {

  private static final int ROUNDS = 2;
  private static final int CYCLES = 5;

  /**
   * The work is repeated, in the same boot of the guest, until two repetitions agree within this
   * share, because the service's code is compiled while it runs; the last one counts.
   */
  private static final double AGREEMENT = 0.1;

  private static final int MOST_REPETITIONS = 8;
  private static final int PINGS = 50;
  private static final int WORK_SECONDS = 600;

  private LiveComparison(String[] arguments) {
    super(arguments);
  }

  /**
   * A guest's work.
   *
   * @param cycles seconds for {@value #CYCLES} times down and up
   * @param ping median of {@value #PINGS} round trips in milliseconds
   */
  private record Work(double cycles, double ping) {}

  public static void main(String[] arguments) {
    new LiveComparison(arguments).runAndExit();
  }

  @Override
  void run() throws Exception {
    results.check("the service is ready", service::awaitReady);
    service.create("committed");
    List<Work> committed = new ArrayList<>();
    List<Work> accelerated = new ArrayList<>();
    for (int round = 1; round <= ROUNDS; round++) {
      committed.add(
          measured(
              "this vSMMU, committed", LiveService.runCommand(command(), LiveService.NIC_PLACE)));
      accelerated.add(measured("accel=on", accelerated()));
    }
    service.delete();
    service.create("journaled");
    Work behind =
        measured("this vSMMU, journaled", LiveService.runCommand(command(), LiveService.NIC_PLACE));
    tell("committed : accel=on", mean(committed), mean(accelerated));
    tell("journaled : accel=on", behind, mean(accelerated));
  }

  private List<String> command() {
    return StockQemu.commandLine(kernel);
  }

  private List<String> accelerated() {
    List<String> command = new ArrayList<>(command());
    command.addAll(
        List.of(
            "-object",
            "iommufd,id=iommufd",
            "-device",
            "arm-smmuv3,primary-bus=pcie.0,id=smmu,accel=on",
            "-device",
            "vfio-pci,host=" + LiveService.NIC + ",iommufd=iommufd,bus=port1,rombar=0"));
    return command;
  }

  private Work measured(String name, List<String> command) throws Exception {
    Results.becomes("unknown", WORK_SECONDS, () -> service.device(LiveService.NIC));
    try (StockQemu qemu = StockQemu.start(command, kept)) {
      results.check(name + ": the guest boots", () -> qemu.boots(0));
      qemu.network();
      results.check(name + ": it pings", () -> qemu.pinged(5) == 5);
      results.check(
          name + ": its NIC is behind an SMMU",
          () ->
              qemu.guest("cat /sys/bus/pci/devices/0000:01:00.0/iommu_group/type").contains("DMA"));
      double calls = service.invalidationCalls();
      double commands = service.invalidationCommands();
      double cycles = settled(name, qemu);
      qemu.guest("sleep 4");
      double ping =
          qemu.number(
              "ping -c "
                  + PINGS
                  + " -i 0.2 10.0.2.2 | sed -n 's/.*time=\\([0-9.]*\\) ms/\\1/p' | sort -n | sed -n"
                  + " '"
                  + PINGS / 2
                  + "s/^/p50=/p'",
              "p50=([0-9.]+)",
              WORK_SECONDS);
      System.out.printf(
          Locale.ROOT,
          "# %s: %d times down and up %.1f s, ping p50 %.1f ms, %.0f requests with %.0f commands%n",
          name,
          CYCLES,
          cycles,
          ping,
          service.invalidationCalls() - calls,
          service.invalidationCommands() - commands);
      return new Work(cycles, ping);
    }
  }

  private static double settled(String name, StockQemu qemu) throws Exception {
    double before = cycles(qemu);
    for (int repetition = 1; repetition < MOST_REPETITIONS; repetition++) {
      System.out.printf(Locale.ROOT, "# %s: %d times down and up %.1f s%n", name, CYCLES, before);
      double now = cycles(qemu);
      if (Math.abs(now - before) <= AGREEMENT * before) {
        return now;
      }
      before = now;
    }
    return before;
  }

  private static double cycles(StockQemu qemu) throws Exception {
    return qemu.number(
        "U=$(cut -d' ' -f1 /proc/uptime); i=0; while [ $i -lt "
            + CYCLES
            + " ]; do ifconfig $I down; ifconfig $I 10.0.2.15 up; i=$((i+1)); done;"
            + " V=$(cut -d' ' -f1 /proc/uptime); awk \"BEGIN { print \\\"took=\\\" $V-$U }\"",
        "took=([0-9.]+)",
        WORK_SECONDS);
  }

  private static Work mean(List<Work> rounds) {
    return new Work(
        rounds.stream().mapToDouble(Work::cycles).average().orElseThrow(),
        rounds.stream().mapToDouble(Work::ping).average().orElseThrow());
  }

  private static void tell(String name, Work one, Work other) {
    System.out.printf(
        Locale.ROOT,
        "# %s: down and up %.2f, ping %.2f%n",
        name,
        one.cycles() / other.cycles(),
        one.ping() / other.ping());
  }
}
