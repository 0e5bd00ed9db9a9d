package io.vsmmu.gateway.device;

import io.vsmmu.smmu.stimulus.Stimulus;

/** Something that a VMM or the function did and that is not submitted to the session yet. */
sealed interface Access {

  /** The guest wrote CMDQ_PROD. Only the newest value matters. */
  record Doorbell(long prod) implements Access {}

  /**
   * The guest wrote a register.
   *
   * @param offset in the register frame, in bytes
   * @param width bytes
   * @param value in the lower {@code width} bytes
   */
  record RegisterWrite(int offset, int width, long value) implements Access {}

  record Reset() implements Access {}

  /** A stimulus that is submitted as it is, even while the vSMMU is paused. */
  record Notice(Stimulus stimulus) implements Access {}

  /** Whether it waits while the vSMMU is paused. */
  default boolean waitsWhilePaused() {
    return switch (this) {
      case Doorbell _, RegisterWrite _, Reset _ -> true;
      case Notice _ -> false;
    };
  }
}
