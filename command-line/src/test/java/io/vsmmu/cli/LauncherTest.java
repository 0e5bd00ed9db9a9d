package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.scripted.guest.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a made-up tree: with JDKs that only print what they are asked to run. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

  @TempDir private Path folder;
  private Path tree;
  private Path jdks;
  private Path jar;

  private record Run(int code, String out, String err) {}

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectories(folder.resolve("tree with space"));
    jdks = Files.createDirectories(folder.resolve("jdks"));
    Files.copy(Path.of("../vsmmu"), tree.resolve("vsmmu"));
    executable(tree.resolve("vsmmu"));
    Files.writeString(tree.resolve("pom.xml"), "<project/>");
    Files.createDirectories(tree.resolve("module/src/main"));
    script(
        tree.resolve("mvnw"),
        """
        echo "[INFO] Building smmu-domain 1 [1/2]"
        [ -z "${BREAK:-}" ] || { echo "[ERROR] it is broken"; exit 1; }
        mkdir -p command-line/target
        echo "$JAVA_HOME" > command-line/target/vsmmu.jar\
        """);
    jar = tree.resolve("command-line/target/vsmmu.jar");
  }

  @Test
  void the_newest_jdk_of_the_usual_folders_is_taken() throws Exception {
    jdk("a", "17.0.15");
    jdk("b", "25.0.3");
    jdk("c", "27-ea");
    jdk("d", "26.0.1");

    Run run = run(Map.of(), "state", "g x");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains(jdks.resolve("c") + " ", "-jar " + jar + " state g x");
    assertThat(jar).hasContent(jdks.resolve("c").toString());
  }

  @Test
  void java_home_wins_if_it_is_new_enough() throws Exception {
    jdk("a", "26");
    Path home = jdk("home", "25.0.1");

    assertThat(run(Map.of("JAVA_HOME", home.toString()), "x").out()).startsWith(home + " ");
  }

  @Test
  void an_old_java_home_is_passed_over() throws Exception {
    Path old = jdk("old", "21.0.2");
    Path good = jdk("good", "25");

    assertThat(run(Map.of("JAVA_HOME", old.toString()), "x").out()).startsWith(good + " ");
  }

  @Test
  void without_a_jdk_it_tells_what_was_looked_at() throws Exception {
    Path old = jdk("old", "21.0.2");
    Files.createDirectories(jdks.resolve("no-jdk"));

    Run run = run(Map.of(), "demo");

    assertThat(run.code()).isEqualTo(ExitCode.LOCAL.value());
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("no JDK 25", old + " (JDK 21)", "no-jdk", "JAVA_HOME");
  }

  @Test
  void it_works_through_a_link_from_another_folder() throws Exception {
    jdk("a", "25");
    Path elsewhere = Files.createDirectories(folder.resolve("bin"));
    Path link = elsewhere.resolve("v");
    Files.createSymbolicLink(link, Path.of("../tree with space/vsmmu"));

    Run run = run(link, Map.of(), "x");

    assertThat(run.out()).contains("-Dvsmmu.root=" + tree);
  }

  @Test
  void it_builds_once_and_again_when_a_source_is_newer() throws Exception {
    jdk("a", "25");

    assertThat(run(Map.of(), "x").err()).contains("Building vsmmu", "[1/2] smmu-domain");
    assertThat(run(Map.of(), "x").err()).isEmpty();

    Path source = Files.writeString(tree.resolve("module/src/main/A.java"), "class A {}");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));

    assertThat(run(Map.of(), "x").err()).contains("Building vsmmu");
  }

  @Test
  void a_broken_build_is_told_and_nothing_is_run() throws Exception {
    jdk("a", "25");

    Run run = run(Map.of("BREAK", "1"), "demo", "--json");

    assertThat(run.code()).isEqualTo(ExitCode.LOCAL.value());
    assertThat(run.err()).contains("The build failed", "it is broken");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void the_demonstration_has_a_bounded_heap() throws Exception {
    jdk("a", "25");

    assertThat(run(Map.of(), "demo").out()).contains(" -Xmx");
  }

  @Test
  void the_service_uses_what_was_learned_until_the_jar_is_newer_or_the_jdk_another()
      throws Exception {
    Path first = jdk("a", "25");
    assertThat(run(Map.of(), "serve").out()).doesNotContain("AOTCache").contains("service.jsa");
    Path learned = learned(first);

    assertThat(run(Map.of(), "serve").out())
        .contains("-XX:AOTCache=" + learned)
        .doesNotContain("SharedArchiveFile");
    assertThat(run(Map.of(), "demo").out()).contains("-XX:AOTCache=" + learned);
    assertThat(run(Map.of(), "state").out()).doesNotContain("AOTCache");

    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(run(Map.of(), "serve").out()).doesNotContain("AOTCache");

    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(5)));
    jdk("b", "26");
    assertThat(run(Map.of(), "serve").out()).doesNotContain("AOTCache");
  }

  @Test
  void the_launcher_learns_beside_the_first_start_and_keeps_what_a_virtual_machine_has_taken()
      throws Exception {
    // given a java that writes the cache, and takes it
    Path home = jdk("a", "25");
    script(
        home.resolve("bin/java"),
        """
        for word; do
          case $word in -XX:AOTCacheOutput=*) echo learned > "${word#*=}" ;; esac
        done
        echo "vsmmu answers at"\
        """);

    // when
    run(Map.of("VSMMU_LEARN", "yes"), "serve");

    // then
    Path learned = learned(home, false);
    assertThat(Await.within(Duration.ofSeconds(30), () -> Files.exists(learned))).isTrue();
    assertThat(learned).hasContent("learned");
  }

  @Test
  void what_learns_gets_no_setting_of_the_service_that_was_asked_for() throws Exception {
    // given a java that writes its variables into the cache, and takes it
    Path home = jdk("a", "25");
    script(
        home.resolve("bin/java"),
        """
        for word; do
          case $word in -XX:AOTCacheOutput=*) env > "${word#*=}" ;; esac
        done\
        """);

    // when
    run(
        Map.of(
            "VSMMU_LEARN", "yes",
            "SPRING_DATASOURCE_URL", "jdbc:postgresql://db/vsmmu",
            "NOTIFY_SOCKET", "/run/systemd/notify",
            "VSMMU_ROMDRIVER", "/signed.efi"),
        "serve");

    // then
    Path learned = learned(home, false);
    assertThat(Await.within(Duration.ofSeconds(30), () -> Files.exists(learned))).isTrue();
    assertThat(Files.readString(learned))
        .contains("PATH=")
        .doesNotContain("SPRING_", "NOTIFY_SOCKET", "VSMMU_");
  }

  @Test
  void a_cache_that_no_virtual_machine_takes_is_not_kept() throws Exception {
    // given a java that writes the cache, and refuses it
    Path home = jdk("a", "25");
    script(
        home.resolve("bin/java"),
        """
        for word; do
          case $word in
            -XX:AOTCacheOutput=*) echo learned > "${word#*=}" ;;
            -XX:AOTMode=on) touch %s; exit 1 ;;
          esac
        done\
        """
            .formatted(folder.resolve("refused")));

    // when
    run(Map.of("VSMMU_LEARN", "yes"), "serve");

    // then
    Path refused = folder.resolve("refused");
    assertThat(Await.within(Duration.ofSeconds(30), () -> Files.exists(refused))).isTrue();
    Path target = jar.getParent();
    assertThat(Await.within(Duration.ofSeconds(30), () -> aotFiles(target) == 0)).isTrue();
  }

  private static long aotFiles(Path target) {
    try (var files = Files.list(target)) {
      return files.filter(file -> file.toString().contains(".aot")).count();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Path learned(Path home) throws Exception {
    return learned(home, true);
  }

  /** The file with what was learned for a JDK. */
  private Path learned(Path home, boolean made) throws Exception {
    Process sum =
        new ProcessBuilder("cksum").redirectInput(home.resolve("release").toFile()).start();
    String id =
        new String(sum.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split(" ")[0];
    Path file = jar.resolveSibling("service-%s.aot".formatted(id));
    return made ? Files.writeString(file, "learned") : file;
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = jdks.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    script(home.resolve("bin/java"), "echo \"" + home + " $*\"");
    script(home.resolve("bin/javac"), "exit 1");
    return home;
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    executable(file);
  }

  private static void executable(Path file) {
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Run run(Map<String, String> environment, String... arguments) throws Exception {
    return run(tree.resolve("vsmmu"), environment, arguments);
  }

  private Run run(Path launcher, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", launcher.toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_HOME", "VSMMU_JAVA_OPTIONS"));
    builder.environment().put("PATH", pathWithoutJava());
    builder.environment().put("VSMMU_LEARN", "no");
    builder.environment().put("VSMMU_JDK_FOLDERS", folders());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** The system's own tools, and in front of them a java that is no JDK's. */
  private String pathWithoutJava() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("path/bin"));
    if (!Files.exists(bin.resolve("java"))) {
      script(bin.resolve("java"), "exit 1");
    }
    return bin + ":/usr/bin:/bin";
  }

  private String folders() throws IOException {
    try (var all = Files.list(jdks)) {
      return String.join(":", all.map(Path::toString).sorted().toList());
    }
  }
}
