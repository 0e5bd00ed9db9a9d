package io.vsmmu.host.simulated;

import io.vsmmu.host.IommuCall;
import io.vsmmu.posix.Errno;

/** One rule of a {@link FaultPlan}. */
public sealed interface FaultRule {

  /** The error that the host gives. */
  Errno errno();

  /**
   * Every {@code n}th call that can fail and does not wait for faults.
   *
   * @param n at least 1
   */
  record Every(int n, Errno errno) implements FaultRule {
    public Every {
      FaultRule.require("n", n, 1);
    }
  }

  /**
   * The {@code n}th call that can fail and does not wait for faults.
   *
   * @param n at least 1
   * @param always whether all later ones fail too
   */
  record Call(int n, Errno errno, boolean always) implements FaultRule {
    public Call {
      FaultRule.require("n", n, 1);
    }
  }

  /**
   * The {@code n}th call of an operation.
   *
   * @param n at least 1
   * @param always whether all later ones fail too
   */
  record Operation(IommuCall operation, int n, Errno errno, boolean always) implements FaultRule {
    public Operation {
      FaultRule.require("n", n, 1);
    }
  }

  /**
   * A command within the first invalidation batch that is long enough.
   *
   * @param entry index of the command, from 0
   * @param always whether the command is refused in every batch that is long enough
   */
  record Entry(int entry, Errno errno, boolean always) implements FaultRule {
    public Entry {
      FaultRule.require("entry", entry, 0);
    }
  }

  private static void require(String field, int value, int lowest) {
    if (value < lowest) {
      throw new IllegalArgumentException(
          "%s: '%d', allowed is a number from %d".formatted(field, value, lowest));
    }
  }
}
