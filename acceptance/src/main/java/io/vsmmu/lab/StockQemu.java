package io.vsmmu.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A QEMU with a stock guest: its process, the shell on the guest's console, and QMP. What it prints
 * is appended to the files {@code qemu}, {@code serial} and {@code qmp} of a folder.
 */
final class StockQemu implements AutoCloseable {

  private static final Path CONSOLE = Path.of("/tmp/console.sock");
  private static final Path MONITOR = Path.of("/tmp/qmp.sock");
  private static final int BOOT_SECONDS = 300;
  private static final int PATIENCE_SECONDS = 120;

  private final Process process;
  private final LineSocket console;
  private final LineSocket monitor;
  private final Path said;
  private final long saidBefore;

  private StockQemu(Process process, Path kept, long saidBefore) throws Exception {
    this.process = process;
    this.said = kept.resolve("qemu");
    this.saidBefore = saidBefore;
    this.console = LineSocket.open(CONSOLE, kept.resolve("serial"));
    this.monitor = LineSocket.open(MONITOR, kept.resolve("qmp"));
    monitor.send("{\"execute\":\"qmp_capabilities\"}");
  }

  /** QEMU's own command line, without devices that are passed through. */
  static List<String> commandLine(Path kernel) {
    return List.of(
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
        "unix:" + CONSOLE + ",server=on,wait=on",
        "-qmp",
        "unix:" + MONITOR + ",server=on,wait=off",
        "-bios",
        kernel.resolve("QEMU_EFI.fd").toString(),
        "-kernel",
        kernel.resolve("Image").toString(),
        "-initrd",
        kernel.resolve("initrd.gz").toString(),
        "-append",
        "console=ttyAMA0 quiet loglevel=3 rdinit=/live-init panic=-1",
        "-device",
        "pcie-root-port,id=port1,bus=pcie.0,addr=4.0,chassis=1",
        "-device",
        "pcie-root-port,id=port2,bus=pcie.0,addr=5.0,chassis=2");
  }

  /** Starts the process; it may begin as another program that becomes QEMU. */
  static StockQemu start(List<String> command, Path kept) throws Exception {
    Files.deleteIfExists(CONSOLE);
    Files.deleteIfExists(MONITOR);
    Path said = kept.resolve("qemu");
    long before = Files.exists(said) ? Files.size(said) : 0;
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()))
            .start();
    return new StockQemu(process, kept, before);
  }

  Process process() {
    return process;
  }

  /** What this process has printed. */
  String output() throws IOException {
    return Files.readString(said).substring((int) saidBefore);
  }

  /** The number of characters that the guest has printed so far. */
  int printed() {
    return console.length();
  }

  /** What the guest has printed since. */
  String printedSince(int printed) {
    return console.since(printed);
  }

  /** Whether the guest boots and has a shell, after the characters printed so far. */
  boolean boots(int printed) throws InterruptedException {
    return console.await(printed, "== guest up", BOOT_SECONDS).contains("== guest up");
  }

  /** Types a line and does not wait until the guest has executed it. */
  void type(String line) throws IOException {
    console.send(line);
  }

  /** What a command prints in the guest. */
  String guest(String command) throws Exception {
    return guest(command, PATIENCE_SECONDS);
  }

  String guest(String command, int seconds) throws Exception {
    int from = console.length();
    String end = "==E" + from + "=";
    // The console repeats what is typed, so the mark is written in two parts.
    console.send(command + "; echo \"==E\"" + from + "=");
    String text = console.await(from, end, seconds);
    int at = text.indexOf(end);
    if (at < 0) {
      throw new IllegalStateException("the guest does not answer: " + text);
    }
    return text.substring(0, at);
  }

  /** The first group of a pattern in what a command prints in the guest, as a number. */
  double number(String command, String pattern, int seconds) throws Exception {
    String text = guest(command, seconds);
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("no " + pattern + " in: " + text);
    }
    return Double.parseDouble(matcher.group(1));
  }

  /** Brings the network interface of the NIC up. */
  void network() throws Exception {
    guest("I=$(ls /sys/class/net | grep eth | head -1); ifconfig $I 10.0.2.15 up; sleep 4");
  }

  /** The number of replies to {@code count} pings. */
  int pinged(int count) throws Exception {
    String command = "ping -c " + count + " -i 0.2 10.0.2.2 2>&1 | tail -3";
    return (int) number(command, "(\\d+) packets received", 180);
  }

  /** Gives QEMU a command over QMP and does not wait for the answer. */
  void tell(String command) throws IOException {
    monitor.send(command);
  }

  /** Gives QEMU a command over QMP. */
  void monitor(String command) throws Exception {
    int from = monitor.length();
    monitor.send(command);
    String answer = monitor.await(from, "return", PATIENCE_SECONDS);
    if (answer.contains("\"error\"") || !answer.contains("return")) {
      throw new IllegalStateException(answer.isEmpty() ? "no answer" : answer);
    }
  }

  /** Ends the process, if it runs, and waits for its end. */
  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    console.close();
    monitor.close();
  }
}
