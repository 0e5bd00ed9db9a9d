package io.vsmmu.rest.intake;

import io.vsmmu.problem.NearNames;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Refuses query parameters that a resource does not have, because a mistyped filter would filter
 * nothing; parameters that are given twice, of which Spring takes the first; and variables in the
 * path that are not text.
 */
@Component
public class KnownParameters implements HandlerInterceptor {

  private static final String OURS = "io.vsmmu.";

  /** What Tomcat decodes bytes to that are not UTF-8; no name can contain it. */
  private static final char REPLACEMENT = '\ufffd';

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    // The path and query of an error dispatch are the container's, not the client's.
    if (request.getDispatcherType() != DispatcherType.ERROR
        && handler instanceof HandlerMethod method
        && method.getBeanType().getName().startsWith(OURS)) {
      checkPath(request);
      if (request.getQueryString() != null) {
        check(request.getQueryString(), known(method));
      }
    }
    return true;
  }

  private static void checkPath(HttpServletRequest request) {
    if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
        instanceof Map<?, ?> parts) {
      parts.forEach(
          (name, part) -> {
            String text = String.valueOf(part);
            if (text.indexOf(REPLACEMENT) >= 0 || text.indexOf('\0') >= 0) {
              throw ProblemException.invalid(String.valueOf(name), text, QueryTextFilter.ALLOWED);
            }
          });
    }
  }

  private static void check(String query, Map<String, Class<?>> known) {
    Set<String> names = known.keySet();
    UriComponentsBuilder.newInstance()
        .query(query)
        .build()
        .getQueryParams()
        .forEach(
            (name, values) -> {
              Class<?> type = known.get(name);
              if (type == null) {
                throw ProblemException.of(
                    ProblemType.UNKNOWN_FIELD,
                    name,
                    null,
                    names.isEmpty() ? "nothing" : names + NearNames.question(name, names));
              }
              if (values.size() > 1 && !Collection.class.isAssignableFrom(type)) {
                throw ProblemException.invalid(name, String.join(",", values), "one value");
              }
            });
  }

  /** By name: the parameters of the method, and the components of the records that it binds. */
  private static Map<String, Class<?>> known(HandlerMethod method) {
    Map<String, Class<?>> known = new TreeMap<>();
    for (MethodParameter parameter : method.getMethodParameters()) {
      RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
      if (annotation != null) {
        String given = annotation.name().isEmpty() ? annotation.value() : annotation.name();
        String name = given.isEmpty() ? parameter.getParameter().getName() : given;
        known.put(name, parameter.getParameterType());
      } else if (parameter.hasParameterAnnotation(ParameterObject.class)) {
        for (RecordComponent component : parameter.getParameterType().getRecordComponents()) {
          known.put(component.getName(), component.getType());
        }
      }
    }
    return known;
  }
}
