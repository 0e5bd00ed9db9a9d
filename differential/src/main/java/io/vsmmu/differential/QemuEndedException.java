package io.vsmmu.differential;

import org.jspecify.annotations.Nullable;

/** QEMU has ended, or does not answer any more. */
final class QemuEndedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  QemuEndedException(String message) {
    super(message);
  }

  QemuEndedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
