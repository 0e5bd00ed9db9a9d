package io.vsmmu.gateway.device;

import io.vsmmu.smmu.stimulus.Stimulus;

/** Something that waits for its turn to become part of the log. */
sealed interface Access {

  /** The guest moved CMDQ_PROD: the newest value counts. */
  record Doorbell(long prod) implements Access {}

  /**
   * The guest wrote a register.
   *
   * @param value of the low {@code width} bytes
   */
  record RegisterWrite(int offset, int width, long value) implements Access {}

  /** The VMM reset the function. */
  record Reset() implements Access {}

  /** Something that is recorded as it is, even while the vSMMU is paused. */
  record Notice(Stimulus stimulus) implements Access {}

  /** Whether a paused vSMMU holds it. */
  default boolean ofGuest() {
    return switch (this) {
      case Doorbell _, RegisterWrite _, Reset _ -> true;
      case Notice _ -> false;
    };
  }
}
