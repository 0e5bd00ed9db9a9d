package io.vsmmu.differential;

import org.jspecify.annotations.Nullable;

/** Keeps one QEMU for all programs, and starts it again after it has ended. */
final class QemuMachines implements AutoCloseable {

  private final QemuInstallation place;
  private @Nullable QemuMachine running;

  QemuMachines(QemuInstallation place) {
    this.place = place;
  }

  /** Runs a program on a new vSMMU and on the reset QEMU. */
  ProgramResult run(Program program) {
    QemuMachine qemu = running == null ? QemuMachine.start(place) : running;
    running = qemu;
    try (GatewayMachine vsmmu = new GatewayMachine()) {
      return Lockstep.run(program, vsmmu, qemu);
    } finally {
      if (!qemu.alive()) {
        qemu.close();
        running = null;
      }
    }
  }

  @Override
  public void close() {
    if (running != null) {
      running.close();
    }
  }
}
