package io.vsmmu.differential;

import org.jspecify.annotations.Nullable;

/** A QEMU that serves program after program; one that ended is started again. */
final class QemuMachines implements AutoCloseable {

  private final QemuPlace place;
  private @Nullable QemuMachine running;

  QemuMachines(QemuPlace place) {
    this.place = place;
  }

  /** Runs a program on machines that nothing else has used since their reset. */
  Verdict run(Program program) {
    QemuMachine qemu = running == null ? QemuMachine.start(place) : running;
    running = qemu;
    try (GatewayMachine ours = new GatewayMachine()) {
      return Lockstep.run(program, ours, qemu);
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
