package io.vsmmu.rest.access;

import static io.vsmmu.rest.access.Reach.FILTERED;
import static io.vsmmu.rest.access.Reach.GENERAL;
import static io.vsmmu.rest.access.Reach.NAMED_VM;
import static io.vsmmu.rest.access.Reach.PUBLIC;
import static io.vsmmu.rest.access.Reach.WHOLE_SERVICE;
import static io.vsmmu.rest.access.Role.ADMIN;
import static io.vsmmu.rest.access.Role.OPERATOR;
import static io.vsmmu.rest.access.Role.VIEWER;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.server.RequestPath;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The table of who may do what: one rule for each operation. An operation without a rule is refused
 * ({@link RuledHandlers}). Questions about the past are a viewer's, also those that are asked with
 * POST. An operator changes what a guest has, and deletes vSMMUs: their logs stay, and what the
 * guest loses with one it loses with its last device, too. What concerns other processes of this
 * machine, several VMs, or access itself is an administrator's.
 */
public final class OperationRules {

  private static final String API = "/api/v1";
  private static final String VSMMU = API + "/vsmmus/{name}";

  private static final List<OperationRule> RULES =
      List.of(
          // The console's files and the description of the interface, without data.
          new OperationRule("GET", "/", VIEWER, PUBLIC),
          new OperationRule("GET", "/index.html", VIEWER, PUBLIC),
          new OperationRule("GET", "/favicon.ico", VIEWER, PUBLIC),
          new OperationRule("GET", "/console/**", VIEWER, PUBLIC),
          new OperationRule("GET", "/_static/**", VIEWER, PUBLIC),
          new OperationRule("GET", "/v3/api-docs", VIEWER, PUBLIC),
          new OperationRule("GET", "/v3/api-docs.yaml", VIEWER, PUBLIC),
          // Whether it runs; without a credential no more than that.
          new OperationRule("GET", "/actuator/health/**", VIEWER, PUBLIC),
          new OperationRule("GET", "/actuator/prometheus", VIEWER, WHOLE_SERVICE),
          new OperationRule("GET", "/actuator/**", ADMIN, WHOLE_SERVICE),
          // Access.
          new OperationRule("GET", API + "/session", VIEWER, GENERAL),
          new OperationRule("POST", API + "/session", VIEWER, GENERAL),
          new OperationRule("DELETE", API + "/session", VIEWER, GENERAL),
          new OperationRule("POST", API + "/session/codes", VIEWER, GENERAL),
          new OperationRule("GET", API + "/tokens", ADMIN, WHOLE_SERVICE),
          new OperationRule("POST", API + "/tokens", ADMIN, WHOLE_SERVICE),
          new OperationRule("GET", API + "/tokens/{token}", ADMIN, WHOLE_SERVICE),
          new OperationRule("DELETE", API + "/tokens/{token}", ADMIN, WHOLE_SERVICE),
          new OperationRule("GET", API + "/audit", VIEWER, WHOLE_SERVICE),
          // What is the same for all.
          new OperationRule("GET", API + "/architecture", VIEWER, GENERAL),
          new OperationRule("GET", API + "/find-names", VIEWER, GENERAL),
          // The host.
          new OperationRule("GET", API + "/hosts/local", VIEWER, FILTERED),
          new OperationRule("POST", API + "/hosts/local:place", VIEWER, GENERAL),
          new OperationRule("POST", API + "/hosts/local/devices", ADMIN, WHOLE_SERVICE),
          new OperationRule("DELETE", API + "/hosts/local/devices/{address}", ADMIN, WHOLE_SERVICE),
          new OperationRule("GET", API + "/hosts/local/vmms", VIEWER, FILTERED),
          new OperationRule("POST", API + "/hosts/local/vmms", ADMIN, WHOLE_SERVICE),
          new OperationRule("DELETE", API + "/hosts/local/vmms/{vm}", ADMIN, WHOLE_SERVICE),
          // Jobs and replays; a job is seen by the subject that asked for it.
          new OperationRule("GET", API + "/jobs/{id}", VIEWER, FILTERED),
          new OperationRule("DELETE", API + "/jobs/{id}", VIEWER, FILTERED),
          new OperationRule("POST", API + "/replays", OPERATOR, FILTERED),
          new OperationRule("GET", API + "/replays/{id}", VIEWER, FILTERED),
          new OperationRule("DELETE", API + "/replays/{id}", OPERATOR, FILTERED),
          // A recording belongs to no VM of this service until it is imported.
          new OperationRule("POST", API + "/recordings", OPERATOR, WHOLE_SERVICE),
          new OperationRule("GET", API + "/recordings", VIEWER, WHOLE_SERVICE),
          new OperationRule("GET", API + "/recordings/{id}", VIEWER, WHOLE_SERVICE),
          new OperationRule("DELETE", API + "/recordings/{id}", OPERATOR, WHOLE_SERVICE),
          // Checkpoints; proofs about events of any vSMMU are a matter of the whole log.
          new OperationRule("GET", API + "/checkpoints/key", VIEWER, GENERAL),
          new OperationRule("GET", API + "/checkpoints/latest", VIEWER, GENERAL),
          new OperationRule("GET", API + "/checkpoints/{size}", VIEWER, GENERAL),
          new OperationRule("GET", API + "/checkpoints/{size}/consistency", VIEWER, GENERAL),
          new OperationRule(
              "GET", API + "/checkpoints/{size}/segments/{index}", VIEWER, WHOLE_SERVICE),
          new OperationRule(
              "GET", API + "/checkpoints/{size}/events/{position}", VIEWER, WHOLE_SERVICE),
          new OperationRule("GET", API + "/checkpoints/{size}/vsmmus/{name}", VIEWER, NAMED_VM),
          new OperationRule(
              "POST", API + "/checkpoints/{size}/cosignatures", OPERATOR, WHOLE_SERVICE),
          new OperationRule("GET", API + "/history", VIEWER, WHOLE_SERVICE),
          // VMs.
          new OperationRule("GET", API + "/vms", VIEWER, FILTERED),
          new OperationRule("POST", API + "/vms", ADMIN, WHOLE_SERVICE),
          new OperationRule("GET", API + "/vms/{vm}", VIEWER, NAMED_VM),
          new OperationRule("DELETE", API + "/vms/{vm}", ADMIN, WHOLE_SERVICE),
          new OperationRule("PUT", API + "/vms/{vm}/machine", OPERATOR, NAMED_VM),
          new OperationRule("GET", API + "/vms/{vm}/acpi/iort", VIEWER, NAMED_VM),
          new OperationRule("GET", API + "/vms/{vm}/acpi/dsm5", VIEWER, NAMED_VM),
          // vSMMUs.
          new OperationRule("GET", API + "/vsmmus", VIEWER, FILTERED),
          new OperationRule("POST", API + "/vsmmus", OPERATOR, FILTERED),
          new OperationRule("GET", VSMMU, VIEWER, NAMED_VM),
          new OperationRule("DELETE", VSMMU, OPERATOR, NAMED_VM),
          new OperationRule("POST", VSMMU + ":pause", OPERATOR, NAMED_VM),
          new OperationRule("POST", VSMMU + ":resume", OPERATOR, NAMED_VM),
          new OperationRule("POST", VSMMU + ":reset", OPERATOR, NAMED_VM),
          new OperationRule("POST", VSMMU + ":check-host", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/devices", VIEWER, NAMED_VM),
          new OperationRule("POST", VSMMU + "/devices", OPERATOR, NAMED_VM),
          new OperationRule("GET", VSMMU + "/devices/{sid}", VIEWER, NAMED_VM),
          new OperationRule("DELETE", VSMMU + "/devices/{sid}", OPERATOR, NAMED_VM),
          new OperationRule("GET", VSMMU + "/hw-queues", VIEWER, NAMED_VM),
          new OperationRule("POST", VSMMU + "/hw-queues", OPERATOR, NAMED_VM),
          new OperationRule("DELETE", VSMMU + "/hw-queues/{index}", OPERATOR, NAMED_VM),
          new OperationRule("GET", VSMMU + "/platform", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/acpi/iort", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/rom", VIEWER, NAMED_VM),
          // The past of a vSMMU.
          new OperationRule("GET", VSMMU + "/events", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/events:stream", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/events/{position}", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/events/{position}/causes", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/events/{position}/effects", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/state", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/diff", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/step", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/why", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/chain", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/failures", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/findings", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/hwpts", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/objects", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/invalidations", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/streams/{sid}/history", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/timeline", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/timeline/streams", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/export", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/trace", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/compare", VIEWER, NAMED_VM),
          new OperationRule("POST", VSMMU + "/find", VIEWER, NAMED_VM),
          // One that keeps its outcome makes a vSMMU; the operation itself requires more then.
          new OperationRule("POST", VSMMU + "/what-ifs", VIEWER, NAMED_VM),
          new OperationRule("GET", VSMMU + "/notes", VIEWER, NAMED_VM),
          new OperationRule("POST", VSMMU + "/notes", OPERATOR, NAMED_VM),
          new OperationRule("DELETE", VSMMU + "/notes/{id}", OPERATOR, NAMED_VM));

  /** The constraint of a variable in the templates of controllers, as in {@code {name:[^:]+}}. */
  private static final Pattern CONSTRAINT = Pattern.compile(":\\[\\^:]\\+}");

  private record Matcher(OperationRule rule, PathPattern path) {}

  /** The most specific first, as Spring MVC chooses handlers. */
  private static final List<Matcher> MATCHERS =
      RULES.stream()
          .map(rule -> new Matcher(rule, PathPatternParser.defaultInstance.parse(pattern(rule))))
          .sorted(Comparator.comparing(Matcher::path, PathPattern.SPECIFICITY_COMPARATOR))
          .toList();

  private OperationRules() {}

  /** All rules. */
  public static List<OperationRule> all() {
    return RULES;
  }

  /** Names of vSMMUs have no colon, which begins the name of an operation. */
  private static String pattern(OperationRule rule) {
    return rule.path().replace("/vsmmus/{name}", "/vsmmus/{name:[^:]+}");
  }

  /** What the operation of a request reaches; {@link Reach#PUBLIC} if it is no operation. */
  public static Reach reachOf(HttpServletRequest request) {
    return of(request).map(OperationRule::reach).orElse(Reach.PUBLIC);
  }

  /** The rule of a request's operation; empty if there is no such operation. */
  static Optional<OperationRule> of(HttpServletRequest request) {
    RequestPath path =
        ServletRequestPathUtils.hasParsedRequestPath(request)
            ? ServletRequestPathUtils.getParsedRequestPath(request)
            : ServletRequestPathUtils.parseAndCache(request);
    String method = method(request);
    return MATCHERS.stream()
        .filter(it -> it.rule().method().equals(method))
        .filter(it -> it.path().matches(path.pathWithinApplication()))
        .map(Matcher::rule)
        .findFirst();
  }

  /** Whether a rule is that of the operation with a template of Spring MVC. */
  static boolean isOf(OperationRule rule, HttpServletRequest request, String template) {
    return rule.method().equals(method(request))
        && rule.path().equals(CONSTRAINT.matcher(template).replaceAll("}"));
  }

  private static String method(HttpServletRequest request) {
    return request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
  }
}
