package io.vsmmu.rest.access;

import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Refuses an operation that has no rule, or another one than the request was judged by: the filter
 * and Spring MVC match paths separately, and must agree.
 */
@Component
public final class RuledHandlers implements HandlerInterceptor {

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method
        && !ErrorController.class.isAssignableFrom(method.getBeanType())
        && !isAnswerToOptions(request)
        && !isDescription(method)) {
      Object template = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
      Optional<OperationRule> applied = RuleAuthorization.appliedTo(request);
      if (applied.isEmpty()
          || !OperationRules.isOf(applied.get(), request, String.valueOf(template))) {
        throw ProblemException.plain(
            ProblemType.FORBIDDEN, "No rule says who may call this operation");
      }
    }
    return true;
  }

  /** Spring MVC answers it with the methods of the path. */
  private static boolean isAnswerToOptions(HttpServletRequest request) {
    return request.getMethod().equals("OPTIONS");
  }

  /** The OpenAPI document, whose rule is one of the paths. */
  private static boolean isDescription(HandlerMethod method) {
    return method.getBeanType().getPackageName().startsWith("org.springdoc");
  }
}
