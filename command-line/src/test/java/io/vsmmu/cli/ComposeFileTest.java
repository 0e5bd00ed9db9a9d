package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** docker-compose.yml and the Dockerfile, as far as they can be checked without running them. */
class ComposeFileTest {

  private static final Path ROOT = Path.of("..");

  @Test
  void the_application_waits_for_a_healthy_postgresql_18() throws IOException {
    assertThat(service("postgres")).containsEntry("image", "postgres:18");
    assertThat(map(map(service("vsmmu"), "depends_on"), "postgres"))
        .containsEntry("condition", "service_healthy");
  }

  @Test
  void every_service_has_a_health_check() throws IOException {
    for (String name : map(compose(), "services").keySet()) {
      Map<String, Object> check = map(service(name), "healthcheck");
      assertThat(check).as(name).containsKeys("test", "interval", "timeout", "retries");
      assertThat((List<?>) check.get("test")).as(name).hasSizeGreaterThan(1);
    }
    assertThat(map(service("vsmmu"), "healthcheck").get("test").toString())
        .contains("/actuator/health/readiness");
  }

  @Test
  void the_application_is_built_from_our_dockerfile() throws IOException {
    Map<String, Object> build = map(service("vsmmu"), "build");

    Path dockerfile =
        ROOT.resolve(build.get("context").toString()).resolve(build.get("dockerfile").toString());

    assertThat(dockerfile).isRegularFile();
    assertThat(Files.readString(dockerfile))
        .contains("FROM eclipse-temurin:25-jdk AS build", "\"serve\"", "HEALTHCHECK");
  }

  @Test
  void the_dockerfile_runs_the_command_line_with_arguments_that_it_takes() throws IOException {
    Matcher command =
        Pattern.compile("^CMD \\[(.*)]$", Pattern.MULTILINE)
            .matcher(Files.readString(ROOT.resolve("Dockerfile")));
    assertThat(command.find()).isTrue();
    String[] arguments = command.group(1).replace("\"", "").split(", *");

    Invocation.commands().parseArgs(arguments);

    assertThat(arguments).startsWith("serve");
  }

  @Test
  void what_the_dockerfile_copies_is_what_the_build_makes() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    String dockerfile = Files.readString(ROOT.resolve("Dockerfile"));

    assertThat(pom).contains("<finalName>vsmmu</finalName>", "${project.build.directory}/lib");
    assertThat(dockerfile)
        .contains("/src/command-line/target/vsmmu.jar", "/src/command-line/target/lib");
  }

  @Test
  void variables_of_the_application_are_properties_that_exist() throws IOException {
    String settings =
        (sourcesOf("../rest/src/main/java/io/vsmmu/rest/app")
                + sourcesOf("../rest/src/main/java/io/vsmmu/rest/access"))
            .replace("-", "");

    for (String variable : map(service("vsmmu"), "environment").keySet()) {
      String property = variable.toLowerCase(Locale.ROOT).replace('_', '.');
      assertThat(settings).as(variable).contains('"' + property + '"');
    }
  }

  private static String sourcesOf(String folder) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      for (Path file : files.toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  @Test
  void user_database_and_password_are_the_same_on_both_sides() throws IOException {
    Map<String, Object> database = map(service("postgres"), "environment");
    Map<String, Object> application = map(service("vsmmu"), "environment");

    assertThat(application.get("SPRING_DATASOURCE_URL").toString())
        .isEqualTo("jdbc:postgresql://postgres:5432/" + database.get("POSTGRES_DB"));
    assertThat(application.get("SPRING_DATASOURCE_USERNAME"))
        .isEqualTo(database.get("POSTGRES_USER"));
    assertThat(application.get("SPRING_DATASOURCE_PASSWORD"))
        .isEqualTo(database.get("POSTGRES_PASSWORD"));
  }

  @Test
  void named_volumes_are_declared() throws IOException {
    for (String name : map(compose(), "services").keySet()) {
      for (Object mount : (List<?>) service(name).get("volumes")) {
        assertThat(map(compose(), "volumes")).containsKey(mount.toString().split(":")[0]);
      }
    }
  }

  private static Map<String, Object> compose() throws IOException {
    return new Yaml(new SafeConstructor(new LoaderOptions()))
        .load(Files.readString(ROOT.resolve("docker-compose.yml")));
  }

  private static Map<String, Object> service(String name) throws IOException {
    return map(map(compose(), "services"), name);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Map<String, Object> parent, String name) {
    assertThat(parent).containsKey(name);
    return (Map<String, Object>) parent.get(name);
  }
}
