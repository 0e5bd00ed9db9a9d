package io.vsmmu.rest.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;

/**
 * Judges a request by the rule of its operation. What is no operation is answered with 404 or 405,
 * to clients with a valid credential only.
 */
final class RuleAuthorization implements AuthorizationManager<RequestAuthorizationContext> {

  private static final String RULE = RuleAuthorization.class.getName() + ".rule";
  private static final String SHORTFALL = RuleAuthorization.class.getName() + ".shortfall";

  /** What a client lacks. */
  record Shortfall(String field, String given, String required) {}

  /** The rule that the request was judged by. */
  static Optional<OperationRule> appliedTo(HttpServletRequest request) {
    return request.getAttribute(RULE) instanceof OperationRule rule
        ? Optional.of(rule)
        : Optional.empty();
  }

  /** Why the request was refused; null if it was not, or had no valid credential. */
  static @Nullable Shortfall shortfall(HttpServletRequest request) {
    return request.getAttribute(SHORTFALL) instanceof Shortfall shortfall ? shortfall : null;
  }

  @Override
  public AuthorizationResult authorize(
      Supplier<? extends @Nullable Authentication> authentication,
      RequestAuthorizationContext context) {
    HttpServletRequest request = context.getRequest();
    Optional<OperationRule> rule = OperationRules.of(request);
    rule.ifPresent(it -> request.setAttribute(RULE, it));
    if (rule.isPresent() && rule.get().reach() == Reach.PUBLIC) {
      return new AuthorizationDecision(true);
    }
    Optional<Caller> caller = Caller.of(authentication.get());
    if (caller.isEmpty()) {
      return new AuthorizationDecision(false);
    }
    @Nullable Shortfall lacking = rule.map(it -> shortfall(it, caller.get())).orElse(null);
    if (lacking != null) {
      request.setAttribute(SHORTFALL, lacking);
    }
    return new AuthorizationDecision(lacking == null);
  }

  private static @Nullable Shortfall shortfall(OperationRule rule, Caller caller) {
    if (!caller.role().includes(rule.role())) {
      return new Shortfall("role", caller.role().toString(), rule.role().toString());
    }
    if (rule.reach() == Reach.WHOLE_SERVICE && !caller.scope().unlimited()) {
      return new Shortfall(
          "vms",
          String.join(", ", caller.scope().vms().stream().sorted().toList()),
          "a credential for all VMs");
    }
    return null;
  }
}
