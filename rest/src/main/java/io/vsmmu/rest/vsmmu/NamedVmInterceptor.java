package io.vsmmu.rest.vsmmu;

import io.vsmmu.control.vm.Vms;
import io.vsmmu.rest.access.Caller;
import io.vsmmu.rest.access.OperationRules;
import io.vsmmu.rest.access.Reach;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Answers as if there were none when the path names a vSMMU or a VM outside of the client's scope,
 * in front of every operation with {@link Reach#NAMED_VM}.
 */
@Component
public final class NamedVmInterceptor implements HandlerInterceptor {

  private final VsmmuDirectory directory;

  NamedVmInterceptor(VsmmuDirectory directory) {
    this.directory = directory;
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    // The dispatch that ends a stream has been judged before, on the thread of its request.
    if (request.getDispatcherType() == DispatcherType.REQUEST
        && handler instanceof HandlerMethod
        && OperationRules.reachOf(request) == Reach.NAMED_VM
        && !Caller.current().scope().unlimited()
        && request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
            instanceof Map<?, ?> variables) {
      check(variables);
    }
    return true;
  }

  private void check(Map<?, ?> variables) {
    if (variables.get("name") instanceof String name) {
      directory.find(name);
    } else if (variables.get("vm") instanceof String vm) {
      if (!Caller.current().scope().has(vm)) {
        throw Vms.unknown("vm", vm);
      }
    } else {
      throw ProblemException.plain(ProblemType.FORBIDDEN, "The operation names no VM");
    }
  }
}
