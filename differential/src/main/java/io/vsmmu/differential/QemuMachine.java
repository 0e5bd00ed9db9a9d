package io.vsmmu.differential;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * QEMU's emulated SMMUv3: the stock machine {@code virt} driven by qtest, with an edu device
 * (docs/specs/edu.rst of QEMU) behind each StreamID.
 */
final class QemuMachine implements Oracle {

  private static final long CONFIGURATION_SPACE = 0x40_1000_0000L;
  private static final long BARS = 0x1000_0000L;
  private static final int BAR_BYTES = 0x10_0000;
  private static final int COMMAND_REGISTER = 4;
  private static final int BAR0_REGISTER = 0x10;
  private static final int MEMORY_AND_MASTER = 6;

  private static final int EDU_SOURCE = 0x80;
  private static final int EDU_DESTINATION = 0x88;
  private static final int EDU_COUNT = 0x90;
  private static final int EDU_COMMAND = 0x98;
  private static final int EDU_BUFFER = 0x4_0000;
  private static final int EDU_TO_MEMORY = 3;

  /** Virtual time for a transfer; an edu needs 100 ms (QEMU's hw/misc/edu.c). */
  private static final Duration TRANSFER = Duration.ofMillis(200);

  private static final Duration START = Duration.ofSeconds(20);
  private static final String SMMU_TYPE = "child<arm-smmuv3>";

  private final Process process;
  private final Qtest qtest;
  private final Qmp qmp;
  private final Arena arena = Arena.ofShared();
  private final MachineRam ram;

  private QemuMachine(Process process, Path memory, Path socket) throws IOException {
    this.process = process;
    this.qtest =
        new Qtest(
            new BufferedReader(process.inputReader()), new BufferedWriter(process.outputWriter()));
    qtest.read(GuestMemoryMap.FRAME, Integer.BYTES);
    this.qmp = connect(socket);
    qtest.intercept(smmu(qmp));
    try (FileChannel file =
        FileChannel.open(memory, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      this.ram =
          new MachineRam(
              file.map(FileChannel.MapMode.READ_WRITE, 0, GuestMemoryMap.RAM_BYTES, arena));
    }
    placeDevices();
  }

  /** Starts QEMU and waits until its machine can be driven. */
  static QemuMachine start(QemuInstallation place) {
    String name = "qemu-" + ProcessHandle.current().pid();
    Path memory = place.pathHere(name + ".ram");
    Path socket = place.pathHere(name + ".qmp");
    try {
      Files.createDirectories(place.pathHere(""));
      Files.deleteIfExists(socket);
      Files.deleteIfExists(memory);
      Process process =
          new ProcessBuilder(place.command(name + ".ram", name + ".qmp"))
              .redirectError(place.pathHere(name + ".log").toFile())
              .start();
      try {
        QemuMachine machine = new QemuMachine(process, memory, socket);
        Files.delete(memory);
        return machine;
      } catch (IOException | RuntimeException failed) {
        process.destroyForcibly();
        throw failed;
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Whether QEMU is still running. */
  boolean alive() {
    return process.isAlive() && !qtest.ended();
  }

  private static Qmp connect(Path socket) throws IOException {
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      try {
        return Qmp.connect(socket);
      } catch (IOException notYet) {
        if (System.nanoTime() > end) {
          throw notYet;
        }
      }
    }
  }

  private static String smmu(Qmp qmp) {
    String unattached = "/machine/unattached";
    for (JsonNode child : qmp.execute("qom-list", "{\"path\":\"%s\"}".formatted(unattached))) {
      if (child.get("type").asString().equals(SMMU_TYPE)) {
        return unattached + "/" + child.get("name").asString();
      }
    }
    throw new IllegalStateException("this QEMU's machine has no " + SMMU_TYPE);
  }

  private void placeDevices() {
    for (int streamId : Devices.STREAM_IDS) {
      long space = CONFIGURATION_SPACE + ((long) streamId << 12);
      qtest.write(space + BAR0_REGISTER, Integer.BYTES, bar(streamId));
      qtest.write(space + COMMAND_REGISTER, Short.BYTES, MEMORY_AND_MASTER);
    }
  }

  private static long bar(int streamId) {
    return BARS + (long) Devices.slot(streamId) * BAR_BYTES;
  }

  @Override
  public void dma(int streamId) {
    long bar = bar(streamId);
    qtest.write(bar + EDU_SOURCE, Long.BYTES, EDU_BUFFER);
    qtest.write(bar + EDU_DESTINATION, Long.BYTES, GuestMemoryMap.TARGET);
    qtest.write(bar + EDU_COUNT, Long.BYTES, Integer.BYTES);
    qtest.write(bar + EDU_COMMAND, Integer.BYTES, EDU_TO_MEMORY);
    qtest.step(TRANSFER.toNanos());
  }

  @Override
  public long read(int offset, int width) {
    return qtest.read(GuestMemoryMap.FRAME + offset, width);
  }

  @Override
  public List<Long> readWords(List<Integer> offsets) {
    return qtest.readWords(offsets.stream().map(offset -> GuestMemoryMap.FRAME + offset).toList());
  }

  @Override
  public void write(int offset, int width, long value) {
    qtest.write(GuestMemoryMap.FRAME + offset, width, value);
  }

  @Override
  public void reset() {
    qmp.reset();
    placeDevices();
    qtest.interrupted();
  }

  @Override
  public MachineRam ram() {
    return ram;
  }

  @Override
  public boolean interrupted() {
    return qtest.interrupted();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(START.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    qmp.close();
    arena.close();
  }
}
