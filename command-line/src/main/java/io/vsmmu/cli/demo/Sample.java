package io.vsmmu.cli.demo;

import java.io.InputStream;
import java.util.Objects;

/** A bundled recording. */
record Sample(String file, String name, String description) {

  /** A real guest with a NIC: nested translation by an accelerated SMMUv3. */
  static final Sample E1000E =
      new Sample(
          "qemu-11.1.3-accel-e1000e.trace.log",
          "demo-e1000e",
          "a Linux guest using a NIC through QEMU's accelerated SMMUv3");

  /** The bytes, to be closed by the caller. */
  InputStream open() {
    return Objects.requireNonNull(
        Sample.class.getResourceAsStream("/samples/" + file), "missing in the jar: " + file);
  }
}
