package io.vsmmu.host.simulated;

import io.vsmmu.host.IommuCall;
import io.vsmmu.posix.Errno;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which calls of a simulated host fail. Calls are counted from the moment the plan is set; only
 * operations that can fail are counted ({@link IommuCall#canFail}).
 *
 * <p>Text form: rules separated by commas, each {@code selector:number:errno} with {@code :always}
 * at its end for "this one and all later ones":
 *
 * <ul>
 *   <li>{@code every:7:ENOMEM} every 7th call,
 *   <li>{@code call:3:EIO} the 3rd call,
 *   <li>{@code attach:2:EBUSY} the 2nd attach; the names are those of {@link IommuCall#text},
 *   <li>{@code entry:80:EIO} the command at index 80 of the first invalidation batch that has one.
 *       It is refused in every batch that contains it, as a command that the kernel does not accept
 *       would be, until it has been refused in a batch of its own.
 * </ul>
 *
 * @param rules the rules; the first one that matches a call decides
 */
public record FaultPlan(List<FaultRule> rules) {

  private static final FaultPlan NONE = new FaultPlan(List.of());

  public FaultPlan {
    rules = List.copyOf(rules);
  }

  /** A plan by which no call fails. */
  public static FaultPlan none() {
    return NONE;
  }

  /** The {@code n}th call fails, once. */
  public static FaultPlan nthCall(int n, Errno errno) {
    return new FaultPlan(List.of(new FaultRule.Call(n, errno, false)));
  }

  /** Every {@code n}th call fails. */
  public static FaultPlan everyNthCall(int n, Errno errno) {
    return new FaultPlan(List.of(new FaultRule.Every(n, errno)));
  }

  /** The {@code n}th call of an operation fails, once. */
  public static FaultPlan nthCallOf(IommuCall operation, int n, Errno errno) {
    return new FaultPlan(List.of(new FaultRule.Operation(operation, n, errno, false)));
  }

  /**
   * The command at this index of the first batch that is long enough fails, until it has failed in
   * a batch of its own.
   */
  public static FaultPlan entry(int entry, Errno errno) {
    return new FaultPlan(List.of(new FaultRule.Entry(entry, errno, false)));
  }

  /** A plan with the rules of this one, followed by those of the other. */
  public FaultPlan and(FaultPlan other) {
    return new FaultPlan(Stream.concat(rules.stream(), other.rules.stream()).toList());
  }

  /**
   * Parses the text form; a blank text gives {@link #none}.
   *
   * @throws IllegalArgumentException naming the field, its value and what is allowed
   */
  public static FaultPlan parse(String text) {
    return FaultPlanParser.parse(text);
  }
}
