package io.vsmmu.host.simulated;

import io.vsmmu.host.IommuCall;
import io.vsmmu.posix.Errno;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the text form of a {@link FaultPlan}. */
final class FaultPlanParser {

  static final int MAX_RULES = 64;

  private static final String EVERY = "every";
  private static final String CALL = "call";
  private static final String ENTRY = "entry";
  private static final String ALWAYS = "always";
  private static final String ONCE = "once";
  private static final int PARTS = 3;

  private FaultPlanParser() {}

  static FaultPlan parse(String text) {
    if (text.isBlank()) {
      return FaultPlan.none();
    }
    List<FaultRule> rules = new ArrayList<>();
    for (String rule : text.split(",", -1)) {
      rules.add(rule(rule.strip()));
      if (rules.size() > MAX_RULES) {
        throw refuse("fault plan", text, "at most " + MAX_RULES + " rules");
      }
    }
    return new FaultPlan(rules);
  }

  private static FaultRule rule(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length < PARTS || parts.length > PARTS + 1) {
      throw refuse("rule", text, "selector:number:errno or selector:number:errno:always");
    }
    String selector = parts[0];
    int number = number(parts[1], selector.equals(ENTRY) ? 0 : 1);
    Errno errno = errno(parts[2]);
    boolean always = parts.length > PARTS && always(selector, parts[PARTS]);
    return switch (selector) {
      case EVERY -> new FaultRule.Every(number, errno);
      case CALL -> new FaultRule.Call(number, errno, always);
      case ENTRY -> new FaultRule.Entry(number, errno, always);
      default -> new FaultRule.Operation(operation(selector), number, errno, always);
    };
  }

  private static IommuCall operation(String text) {
    return IommuCall.ofText(text)
        .filter(IommuCall::canFail)
        .orElseThrow(() -> refuse("selector", text, "one of " + selectors()));
  }

  private static String selectors() {
    return EVERY
        + ", "
        + CALL
        + ", "
        + ENTRY
        + ", "
        + Arrays.stream(IommuCall.values())
            .filter(IommuCall::canFail)
            .map(IommuCall::text)
            .collect(Collectors.joining(", "));
  }

  private static int number(String text, int lowest) {
    try {
      int number = Integer.parseInt(text);
      if (number >= lowest) {
        return number;
      }
    } catch (NumberFormatException malformed) {
      throw refuse("number", text, "a decimal number from " + lowest);
    }
    throw refuse("number", text, "a decimal number from " + lowest);
  }

  private static Errno errno(String text) {
    return Arrays.stream(Errno.values())
        .filter(errno -> errno != Errno.UNKNOWN && errno.name().equals(text))
        .findFirst()
        .orElseThrow(() -> refuse("errno", text, "a Linux errno name such as EBUSY or ENOMEM"));
  }

  private static boolean always(String selector, String text) {
    if (text.equals(ALWAYS) && !selector.equals(EVERY)) {
      return true;
    }
    if (text.equals(ONCE)) {
      return false;
    }
    throw refuse("repeat", text, selector.equals(EVERY) ? ONCE : ALWAYS + " or " + ONCE);
  }

  private static IllegalArgumentException refuse(String field, String value, String allowed) {
    return new IllegalArgumentException("%s: '%s', allowed is %s".formatted(field, value, allowed));
  }
}
