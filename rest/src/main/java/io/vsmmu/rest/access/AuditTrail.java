package io.vsmmu.rest.access;

import io.vsmmu.rest.problem.Problems;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Details that controllers leave for the audit entry of a request. Bodies and headers are never
 * stored.
 */
public final class AuditTrail {

  private static final String VSMMU = AuditTrail.class.getName() + ".vsmmu";
  private static final String DETAIL = AuditTrail.class.getName() + ".detail";
  private static final Pattern PATH = Pattern.compile("/api/v1/vsmmus/([^/:]+).*");

  private AuditTrail() {}

  /** Sets the vSMMU that is concerned, where the path does not contain it. */
  public static void vsmmu(HttpServletRequest request, String name) {
    request.setAttribute(VSMMU, name);
  }

  /** Sets a short description of the request. */
  public static void detail(HttpServletRequest request, String detail) {
    request.setAttribute(DETAIL, detail);
  }

  /** The vSMMU that a request concerns; null if it concerns none. */
  public static @Nullable String vsmmu(HttpServletRequest request) {
    if (request.getAttribute(VSMMU) instanceof String name) {
      return Secrets.removed(name);
    }
    Matcher path = PATH.matcher(request.getRequestURI());
    return path.matches() ? Secrets.removed(decoded(path.group(1))) : null;
  }

  /** The description that was set, and the problem that the request ended in; null for neither. */
  public static @Nullable String detail(HttpServletRequest request) {
    Object asked = request.getAttribute(DETAIL);
    Object problem = request.getAttribute(Problems.DETAIL_ATTRIBUTE);
    if (asked == null) {
      return problem == null ? null : Secrets.removed(problem.toString());
    }
    return Secrets.removed(problem == null ? asked.toString() : asked + "; " + problem);
  }

  private static String decoded(String segment) {
    try {
      return URLDecoder.decode(segment, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return segment;
    }
  }
}
