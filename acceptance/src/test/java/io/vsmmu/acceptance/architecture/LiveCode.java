package io.vsmmu.acceptance.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaStaticInitializer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What of the product's code can run at all: everything that is called, directly or not, from the
 * program's entry or from what Spring and picocli make. A call of a method may run each of its
 * overrides; an override of a library's method may run as soon as its class is used.
 */
final class LiveCode {

  private static final String OURS = "io.vsmmu.";
  private static final String BEAN = "org.springframework.context.annotation.Bean";
  private static final String AXON = "org.axonframework.";
  private static final String IDENTIFIERS_OF_AXON = "org.axonframework.common.IdentifierFactory";
  private static final String PARSER_OF_ARGUMENTS = "picocli.CommandLine$ITypeConverter";
  private static final List<String> MADE_BY_FRAMEWORKS =
      List.of(
          "org.springframework.stereotype.Component",
          "org.springframework.context.annotation.Configuration",
          "org.springframework.boot.context.properties.ConfigurationProperties",
          "picocli.CommandLine$Command");

  private final Map<String, JavaCodeUnit> units = new HashMap<>();
  private final Map<String, Set<JavaMethod>> overrides = new HashMap<>();
  private final Set<String> live = new HashSet<>();
  private final Set<String> used = new HashSet<>();
  private final Deque<JavaCodeUnit> waiting = new ArrayDeque<>();

  /**
   * Follows all calls.
   *
   * @param product its classes, without tests
   */
  LiveCode(JavaClasses product) {
    this(product, type -> false);
  }

  /**
   * Follows all calls of a product and of the programs that use it.
   *
   * @param product all classes, without tests
   * @param tools the classes of which all code is taken to run
   */
  LiveCode(JavaClasses product, Predicate<JavaClass> tools) {
    product.stream().flatMap(type -> type.getCodeUnits().stream()).forEach(this::know);
    for (JavaClass type : product) {
      if (tools.test(type)) {
        makeByFramework(type);
      }
      if (isMadeByFrameworks(type)) {
        makeByFramework(type);
        type.getMethods().forEach(this::reachByName);
      }
      namedByAnnotations(type)
          .filter(product::contain)
          .map(product::get)
          .forEach(this::makeByFramework);
      type.getMethods().stream().filter(LiveCode::isCalledByAxon).forEach(this::reach);
      type.getMethods().stream().filter(LiveCode::isEntry).forEach(this::reach);
    }
    while (!waiting.isEmpty()) {
      follow(waiting.remove());
    }
  }

  /** Whether it is code of the product that runs. */
  boolean contains(JavaCodeUnit unit) {
    return live.contains(unit.getFullName());
  }

  /** Whether it is code of the product, running or not. */
  boolean knows(String fullName) {
    return units.containsKey(fullName);
  }

  /** The code of this name. */
  JavaCodeUnit named(String fullName) {
    JavaCodeUnit unit = units.get(fullName);
    if (unit == null) {
      throw new IllegalArgumentException(fullName);
    }
    return unit;
  }

  /** What a piece of code calls or refers to, lambdas included. */
  static Stream<String> callees(JavaCodeUnit unit) {
    return Stream.of(
            unit.getMethodCallsFromSelf(),
            unit.getConstructorCallsFromSelf(),
            unit.getMethodReferencesFromSelf(),
            unit.getConstructorReferencesFromSelf())
        .flatMap(Collection::stream)
        .flatMap(
            call ->
                call
                    .getTarget()
                    .resolveMember()
                    .map(JavaCodeUnit.class::cast)
                    .map(JavaCodeUnit::getFullName)
                    .or(() -> Optional.of(call.getTarget().getFullName()))
                    .stream());
  }

  private void know(JavaCodeUnit unit) {
    units.put(unit.getFullName(), unit);
    if (unit instanceof JavaMethod method) {
      JavaClass owner = method.getOwner();
      supertypes(owner)
          .forEach(
              type ->
                  type.tryGetMethod(method.getName(), parameters(method))
                      .ifPresent(
                          above ->
                              overrides
                                  .computeIfAbsent(above.getFullName(), name -> new HashSet<>())
                                  .add(method)));
    }
  }

  private static Stream<JavaClass> supertypes(JavaClass type) {
    return Stream.concat(
        type.getAllRawInterfaces().stream(), type.getAllRawSuperclasses().stream());
  }

  private static String[] parameters(JavaMethod method) {
    return method.getRawParameterTypes().stream().map(JavaClass::getName).toArray(String[]::new);
  }

  private static boolean isMadeByFrameworks(JavaClass type) {
    return type.isAssignableTo(PARSER_OF_ARGUMENTS)
        || type.isAssignableTo(IDENTIFIERS_OF_AXON)
        || MADE_BY_FRAMEWORKS.stream()
            .anyMatch(name -> type.isAnnotatedWith(name) || type.isMetaAnnotatedWith(name));
  }

  private void makeByFramework(JavaClass type) {
    use(type);
    type.getCodeUnits().forEach(this::reach);
  }

  /**
   * Names of the classes that annotations of the type and its members name, such as Jackson's
   * {@code using} and picocli's {@code completionCandidates}: the framework makes an instance of
   * them.
   */
  private static Stream<String> namedByAnnotations(JavaClass type) {
    return Stream.of(
            type.getAnnotations().stream(),
            type.getMembers().stream().flatMap(member -> member.getAnnotations().stream()),
            type.getCodeUnits().stream()
                .flatMap(unit -> unit.getParameterAnnotations().stream())
                .flatMap(Set::stream))
        .flatMap(annotations -> annotations)
        .flatMap(annotation -> annotation.getProperties().values().stream())
        .flatMap(value -> value instanceof Object[] several ? Stream.of(several) : Stream.of(value))
        .filter(JavaClass.class::isInstance)
        .map(named -> ((JavaClass) named).getName());
  }

  /** Handlers of commands and events, and the identifier of an aggregate. */
  private static boolean isCalledByAxon(JavaMethod method) {
    return method.getAnnotations().stream()
        .anyMatch(annotation -> annotation.getRawType().getName().startsWith(AXON));
  }

  /** {@code @Bean(initMethod = ..)}: Spring calls by name what no other code calls. */
  private void reachByName(JavaMethod factory) {
    if (factory.isAnnotatedWith(BEAN)) {
      factory
          .getAnnotationOfType(BEAN)
          .get("initMethod")
          .map(String::valueOf)
          .flatMap(name -> factory.getRawReturnType().tryGetMethod(name))
          .ifPresent(this::reach);
    }
  }

  private static boolean isEntry(JavaMethod method) {
    return method.getName().equals("main") && method.getOwner().getSimpleName().endsWith("Main");
  }

  /** A method and its bridge method, which has another return type, have the same full name. */
  private void reach(JavaCodeUnit unit) {
    if (live.add(unit.getFullName())) {
      unit.getOwner().getCodeUnits().stream()
          .filter(each -> each.getFullName().equals(unit.getFullName()))
          .forEach(waiting::add);
    }
  }

  private void follow(JavaCodeUnit unit) {
    use(unit.getOwner());
    callees(unit).forEach(this::call);
    unit.getFieldAccesses().forEach(access -> use(access.getTargetOwner()));
    unit.getReferencedClassObjects().forEach(object -> use(object.getRawType()));
  }

  private void call(String name) {
    JavaCodeUnit unit = units.get(name);
    if (unit != null) {
      reach(unit);
    }
    overrides.getOrDefault(name, Set.of()).forEach(this::reach);
  }

  /** Its initialiser runs, and a library may call what it overrides of the library's methods. */
  private void use(JavaClass type) {
    if (!type.getName().startsWith(OURS) || !used.add(type.getFullName())) {
      return;
    }
    type.getStaticInitializer().ifPresent((JavaStaticInitializer it) -> reach(it));
    for (JavaMethod method : type.getMethods()) {
      boolean theirs =
          supertypes(type)
              .filter(above -> !above.getName().startsWith(OURS))
              .anyMatch(
                  above -> above.tryGetMethod(method.getName(), parameters(method)).isPresent());
      if (theirs) {
        reach(method);
      }
    }
    supertypes(type).forEach(this::use);
  }
}
