package io.vsmmu.cli.demo;

import java.io.InputStream;
import java.util.Objects;

/**
 * A recording in the jar.
 *
 * @param file name of the resource
 * @param name what its vSMMU is called
 * @param description what was recorded
 */
record BundledRecording(String file, String name, String description) {

  /** A real guest with a NIC: nested translation by an accelerated SMMUv3. */
  static final BundledRecording E1000E =
      new BundledRecording(
          "qemu-11.1.3-accel-e1000e.trace.log",
          "demo-e1000e",
          "a Linux guest using a NIC through QEMU's accelerated SMMUv3");

  /** Opens the recording; the caller closes the stream. */
  InputStream open() {
    return Objects.requireNonNull(
        BundledRecording.class.getResourceAsStream("/samples/" + file),
        "missing in the jar: " + file);
  }
}
