package io.vsmmu.acceptance.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import io.vsmmu.cli.CommandLines;
import io.vsmmu.cli.output.Screen;
import io.vsmmu.host.Advice;
import io.vsmmu.host.KernelSupport.Feature;
import io.vsmmu.rest.app.SimulatedTopologySettings;
import io.vsmmu.rest.app.VsmmuSettings;
import io.vsmmu.smmu.wire.EventKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the service advises can be done: every command, option, endpoint, page, variable and setting
 * that a text of the service names exists. Remedies are {@link Advice}, whose names stand between
 * backticks; all other texts are looked for in the compiled classes.
 */
@Tag("slow")
class AdviceTest {

  private static final CommandLine COMMANDS =
      CommandLines.create(
          new String[0],
          settings -> {
            throw new IllegalStateException("not to be started by this test");
          },
          new Screen(Screen.WITHOUT_TERMINAL),
          new PrintWriter(new StringWriter()),
          new PrintWriter(new StringWriter()));

  private static final JsonNode API = json(Path.of("../docs/api/openapi.json"));
  private static final String COMMAND_PAGE = text(Path.of("../docs/cli.md"));
  private static final String HOST_PAGE = text(Path.of("../docs/host.md"));

  private static final Pattern NAMED = Pattern.compile("`([^`]+)`");
  private static final Pattern OUR_COMMAND = Pattern.compile("\\./vsmmu((?: [^\\s`()]+)*)");
  private static final Pattern ENDPOINT =
      Pattern.compile("\\b(GET|POST|PUT|DELETE) (/[\\w/{}:.?=&%-]*[\\w}])");
  private static final Pattern PAGE = Pattern.compile("docs/[\\w/-]+\\.md");
  private static final Pattern VARIABLE = Pattern.compile("\\bVSMMU_[A-Z_]+\\b");
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]+");

  /** Tools of the operating system, by the page of their manual. */
  private static final List<Pattern> OTHER_COMMANDS =
      Stream.of(
              "driverctl set-override (ADDRESS|[0-9a-f:.]+|1) vfio-pci", // driverctl(8)
              "modprobe iommufd", // modprobe(8)
              "lspci -D", // lspci(8)
              "dmesg", // dmesg(1)
              "ulimit -[ln]") // bash(1)
          .map(Pattern::compile)
          .toList();

  /** Names of the kernel, of systemd and udev, by the files that describe them. */
  private static final Set<String> OTHER_NAMES =
      Set.of(
          "CONFIG_ARM_SMMU_V3", // drivers/iommu/arm/Kconfig
          "CONFIG_ARM_SMMU_V3_IOMMUFD", // drivers/iommu/arm/Kconfig
          "CONFIG_IOMMUFD", // drivers/iommu/iommufd/Kconfig
          "CONFIG_VFIO_DEVICE_CDEV", // drivers/vfio/Kconfig
          "LimitNOFILE=", // systemd.exec(5)
          "LimitMEMLOCK=", // systemd.exec(5)
          "FileDescriptorStoreMax=", // systemd.service(5)
          "OWNER=", // udev(7)
          "GROUP=", // udev(7)
          "MODE=", // udev(7)
          "CAP_IPC_LOCK", // capabilities(7)
          "CAP_SYS_PTRACE", // capabilities(7)
          "SCM_RIGHTS", // unix(7)
          "devtmpfs", // Documentation/driver-api/driver-model
          "kernel.yama.ptrace_scope=0", // Documentation/admin-guide/LSM/Yama.rst
          "/proc/PID/fd", // proc(5)
          "/proc/PID/status", // proc(5)
          "/dev/iommu", // Documentation/userspace-api/iommufd.rst
          "-object iommufd,fd=", // QEMU, qapi/qom.json: IOMMUFDProperties
          "accel=on", // QEMU, hw/arm/smmuv3.c
          "qemu-system-aarch64 -device help", // qemu(1)
          "/dev/vfio/devices/vfioN", // Documentation/driver-api/vfio.rst
          "SPRING_DATASOURCE_URL", // spring.datasource.url
          "SPRING_DATASOURCE_USERNAME",
          "SPRING_DATASOURCE_PASSWORD");

  /** They are written like variables. */
  private static final Set<String> EVENTS =
      Arrays.stream(EventKind.values()).map(Enum::name).collect(Collectors.toSet());

  /** Settings of the service and their members, and its socket for descriptors. */
  private static final Set<String> SETTINGS =
      Stream.of(
              members("vsmmu.", VsmmuSettings.class),
              members("vsmmu.simulated.", SimulatedTopologySettings.class),
              members("", SimulatedTopologySettings.SimulatedDevice.class),
              Stream.of("host.sock", "devid", "ioas", "vfio-user-pci").filter(HOST_PAGE::contains))
          .flatMap(names -> names)
          .collect(Collectors.toSet());

  @ParameterizedTest
  @EnumSource(Advice.class)
  void what_an_advice_names_exists(Advice advice) {
    followable(advice.template());
  }

  @ParameterizedTest
  @EnumSource(Feature.class)
  void what_the_consequence_of_a_missing_feature_names_exists(Feature feature) {
    followable(feature.consequence());
  }

  private static void followable(String template) {
    String text = template.replace("%s", "1");
    NAMED
        .matcher(text)
        .results()
        .forEach(name -> assertThat(exists(name.group(1))).as(name.group(1)).isTrue());
    String rest = NAMED.matcher(text).replaceAll("");
    assertThat(rest)
        .as("names stand between backticks")
        .doesNotContain("`")
        .doesNotContainPattern(
            "--[a-z]|CONFIG_|CAP_|Limit[A-Z]|/api/|\\./|[a-z]=[a-z]|\\.sock|\\.md");
  }

  private static boolean exists(String name) {
    if (name.startsWith("./vsmmu")) {
      return OUR_COMMAND.matcher(name).results().allMatch(AdviceTest::isCommand);
    }
    if (ENDPOINT.matcher(name).matches()) {
      return ENDPOINT.matcher(name).results().allMatch(AdviceTest::isEndpoint);
    }
    if (name.startsWith("--")) {
      return options().contains(name);
    }
    return PAGE.matcher(name).matches() && Files.exists(Path.of("..", name))
        || OTHER_NAMES.contains(name)
        || SETTINGS.contains(name)
        || OTHER_COMMANDS.stream().anyMatch(command -> command.matcher(name).matches());
  }

  private static Stream<String> members(String prefix, Class<?> settings) {
    return Arrays.stream(settings.getRecordComponents()).map(member -> prefix + member.getName());
  }

  /** Every text of the compiled classes that people may read. */
  private static Stream<Text> texts() {
    return CompiledCode.MAIN.stream().flatMap(AdviceTest::texts);
  }

  private record Text(String where, String text) {}

  private static Stream<Text> texts(JavaClass of) {
    List<Text> texts = new ArrayList<>();
    try (InputStream in = of.getSource().orElseThrow().getUri().toURL().openStream()) {
      ClassFile.of()
          .parse(in.readAllBytes())
          .constantPool()
          .forEach(
              entry -> {
                if (entry instanceof Utf8Entry utf8) {
                  texts.add(new Text(of.getName(), utf8.stringValue()));
                }
              });
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return texts.stream();
  }

  @Test
  void every_command_that_any_text_names_exists() {
    List<Text> wrong =
        texts()
            .filter(
                text ->
                    OUR_COMMAND
                        .matcher(text.text())
                        .results()
                        .anyMatch(command -> !isCommand(command)))
            .toList();

    assertThat(wrong).isEmpty();
  }

  @Test
  void every_endpoint_that_any_text_names_exists() {
    List<Text> wrong =
        texts()
            .filter(
                text ->
                    ENDPOINT
                        .matcher(text.text())
                        .results()
                        .anyMatch(endpoint -> !isEndpoint(endpoint)))
            .toList();

    assertThat(wrong).isEmpty();
  }

  @Test
  void every_page_and_variable_that_any_text_names_exists() {
    List<Text> wrong =
        texts()
            .filter(
                text ->
                    PAGE.matcher(text.text())
                            .results()
                            .anyMatch(page -> !Files.exists(Path.of("..", page.group())))
                        || VARIABLE
                            .matcher(text.text())
                            .results()
                            .map(MatchResult::group)
                            .filter(variable -> !EVENTS.contains(variable))
                            .anyMatch(variable -> !COMMAND_PAGE.contains("`" + variable + "`")))
            .toList();

    assertThat(wrong).isEmpty();
  }

  /** A VMM has options of its own, and so has PostgreSQL. */
  @Test
  void every_option_that_a_text_of_the_service_names_is_one_of_a_command() {
    Set<String> known = options();
    List<Text> wrong =
        texts()
            .filter(text -> text.where().startsWith("io.vsmmu.control."))
            .filter(
                text ->
                    OPTION
                        .matcher(text.text())
                        .results()
                        .anyMatch(option -> !known.contains(option.group())))
            .toList();

    assertThat(wrong).isEmpty();
  }

  /** The words behind the launcher: commands, then arguments and options of the last of them. */
  private static boolean isCommand(MatchResult found) {
    CommandLine command = COMMANDS;
    for (String raw : found.group(1).strip().split(" ")) {
      String word = raw.replaceAll("[.,;:]+$", "");
      CommandLine sub = command.getSubcommands().get(word);
      if (sub != null) {
        command = sub;
      } else if (word.startsWith("-")) {
        if (command.getCommandSpec().findOption(word.split("=", 2)[0]) == null) {
          return false;
        }
      } else if (!command.getSubcommands().isEmpty() && !isPlaceholder(word)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlaceholder(String word) {
    return word.isEmpty() || word.contains("%") || word.equals(word.toUpperCase(Locale.ROOT));
  }

  private static boolean isEndpoint(MatchResult found) {
    String[] pathAndQuery = found.group(2).split("\\?", 2);
    String path = pathAndQuery[0];
    String full =
        path.startsWith("/api/") || path.startsWith("/actuator") || path.startsWith("/v3")
            ? path
            : "/api/v1" + path;
    if (!full.startsWith("/api/")) {
      return true;
    }
    String method = found.group(1).toLowerCase(Locale.ROOT);
    Optional<JsonNode> operation =
        API.path("paths").properties().stream()
            .filter(known -> matches(known.getKey(), full))
            .map(known -> known.getValue().path(method))
            .filter(JsonNode::isObject)
            .findFirst();
    return operation.isPresent()
        && (pathAndQuery.length == 1
            || operation
                .get()
                .path("parameters")
                .valueStream()
                .anyMatch(
                    parameter ->
                        parameter
                            .path("name")
                            .asString("")
                            .equals(pathAndQuery[1].split("=", 2)[0])));
  }

  /** Whether a path is one of the description's, whatever stands for its variables. */
  private static boolean matches(String known, String path) {
    String pattern =
        Arrays.stream(known.split("(?<=})|(?=\\{)"))
            .map(part -> part.startsWith("{") ? "[^/]+" : Pattern.quote(part))
            .reduce("", String::concat);
    return path.matches(pattern);
  }

  private static Set<String> options() {
    Set<String> options = new TreeSet<>();
    all(COMMANDS)
        .forEach(command -> options.addAll(command.getCommandSpec().optionsMap().keySet()));
    return options;
  }

  private static Stream<CommandLine> all(CommandLine command) {
    return Stream.concat(
        Stream.of(command), command.getSubcommands().values().stream().flatMap(AdviceTest::all));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static JsonNode json(Path file) {
    return JsonMapper.shared().readTree(text(file));
  }
}
