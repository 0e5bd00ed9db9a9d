package io.vsmmu.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process of Jazzer, which fuzzes one target or all. What it finds interesting stays in {@code
 * fuzz/target/corpus} for the next run, its output in {@code fuzz/target/fuzz-NAME.log}.
 */
final class FuzzRun {

  private static final Path MODULE = Path.of("fuzz").toAbsolutePath();
  private static final Path TARGET = MODULE.resolve("target");

  /** Where inputs that are findings are written. */
  static final Path FINDINGS = TARGET.resolve("findings");

  private static final String FINDING = "== Java Exception: ";
  private static final String LIBFUZZER_FINDING = "ERROR: libFuzzer: ";

  private final String name;
  private final List<FuzzTargets> targets;
  private final Path corpus;

  /**
   * The outcome for one target.
   *
   * @param text what the finding is; empty if there is none
   */
  record Result(String target, long inputs, boolean finding, String text) {}

  /**
   * @param name of a target, or {@link JazzerEntry#ALL}
   */
  FuzzRun(String name, List<FuzzTargets> targets) {
    this.name = name;
    this.targets = targets;
    this.corpus = TARGET.resolve("corpus").resolve(name);
  }

  /** Fuzzes until a limit that is an option of libFuzzer's, and prints a line for each target. */
  List<Result> of(String limit) throws IOException, InterruptedException {
    Files.createDirectories(FINDINGS);
    writeSeeds();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            FuzzLimits.HEAP,
            "-XX:+UseSerialGC",
            "-XX:+EnableDynamicAgentLoading",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "-D" + JazzerEntry.FOLDER + "=" + FINDINGS,
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + JazzerEntry.class.getName(),
            "--target_args=" + name,
            "--instrumentation_includes=io.vsmmu.**",
            // Jazzer's hooks look for SQL, scripts and requests that an input forges: no target has
            // them, and hooks double the time that instrumenting takes.
            "--custom_hook_excludes=**",
            // libFuzzer's own mutations begin with short inputs.
            "--mutator_framework=false",
            "--reproducer_path=" + FINDINGS,
            "-artifact_prefix=" + FINDINGS.resolve(name + "-"),
            "-max_len=" + FuzzLimits.INPUT_BYTES,
            "-timeout=" + 12 * FuzzLimits.PROCESSOR_TIME.toSeconds(),
            "-rss_limit_mb=4096",
            limit,
            corpus.toString()));
    dictionary().ifPresent(file -> command.add("-dict=" + file));
    return watch(new ProcessBuilder(command).directory(MODULE.toFile()).redirectErrorStream(true));
  }

  private List<Result> watch(ProcessBuilder builder) throws IOException, InterruptedException {
    long began = System.nanoTime();
    Process process = builder.start();
    Map<String, Long> counts = new LinkedHashMap<>();
    String found = "";
    String text = "";
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        var log = Files.newBufferedWriter(TARGET.resolve("fuzz-" + name + ".log"))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        log.write(line);
        log.newLine();
        if (line.startsWith(JazzerEntry.COUNT)) {
          int colon = line.lastIndexOf(':');
          counts.put(
              line.substring(JazzerEntry.COUNT.length(), colon),
              Long.parseLong(line.substring(colon + 2)));
        } else if (line.startsWith(JazzerEntry.FINDING)) {
          found = line.substring(JazzerEntry.FINDING.length());
        } else if (line.startsWith(FINDING) || line.contains(LIBFUZZER_FINDING)) {
          text = line;
        }
      }
    }
    int status = process.waitFor();
    if (status != 0 && found.isEmpty()) {
      found = targets.size() == 1 ? name : JazzerEntry.ALL;
      text = text.isEmpty() ? "Jazzer ended with status " + status : text;
    }
    return print(counts, found, text, (System.nanoTime() - began) / 1e9);
  }

  private List<Result> print(Map<String, Long> counts, String found, String text, double seconds) {
    List<Result> results = new ArrayList<>();
    counts.forEach(
        (target, inputs) -> results.add(new Result(target, inputs, target.equals(found), text)));
    if (!found.isEmpty() && results.stream().noneMatch(Result::finding)) {
      results.add(new Result(found, 0, true, text));
    }
    for (Result result : results) {
      boolean alone = targets.size() == 1;
      System.out.printf(
          "%-12s %12d %8s %10s  %s%n",
          result.target(),
          result.inputs(),
          alone ? "%.0f".formatted(seconds) : "",
          alone ? "%.0f".formatted(result.inputs() / seconds) : "",
          result.finding() ? "FINDING" : "");
    }
    return results;
  }

  private void writeSeeds() throws IOException {
    Files.createDirectories(corpus);
    for (FuzzTargets target : targets) {
      int number = 0;
      for (byte[] seed : target.create().seeds()) {
        byte[] input = seed;
        if (targets.size() > 1) {
          input = new byte[seed.length + 1];
          input[0] = (byte) target.ordinal();
          System.arraycopy(seed, 0, input, 1, seed.length);
        }
        Files.write(corpus.resolve("seed-%s-%d".formatted(target.label(), number++)), input);
      }
    }
  }

  /** Words of the targets, in libFuzzer's format; empty if there are none. */
  private Optional<Path> dictionary() throws IOException {
    List<String> lines = new ArrayList<>();
    for (FuzzTargets target : targets) {
      for (String word : target.create().words()) {
        lines.add('"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
      }
    }
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(Files.write(TARGET.resolve("fuzz-" + name + ".dict"), lines));
  }
}
