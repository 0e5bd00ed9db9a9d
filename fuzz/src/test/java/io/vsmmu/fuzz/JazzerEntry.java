package io.vsmmu.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What Jazzer calls: it finds the methods by their names. The process fuzzes one target, or all of
 * them, whose inputs then begin with a byte that chooses the target.
 *
 * <p>An exception that ends another thread is a finding too: the product's own threads must not end
 * by what another party sends.
 */
public final class JazzerEntry {

  /** In the place of a target's name: all of them. */
  static final String ALL = "all";

  /** What the line begins with that has the number of inputs of a target. */
  static final String COUNT = "inputs of ";

  /** What the line begins with that names the target of a finding. */
  static final String FINDING = "finding in ";

  /** The system property with the folder for inputs that are findings. */
  static final String FOLDER = "vsmmu.fuzz.findings";

  private static final FuzzTargets[] TARGETS = FuzzTargets.values();
  private static final Budget[] BUDGETS = new Budget[TARGETS.length];
  private static final long[] INPUTS = new long[TARGETS.length];

  /** The only target; null for all. */
  private static @Nullable FuzzTargets only;

  private static volatile @Nullable Throwable escaped;

  private JazzerEntry() {}

  /** Chooses the target; Jazzer's option {@code --target_args} names it. */
  public static void fuzzerInitialize(String[] arguments) {
    Thread.setDefaultUncaughtExceptionHandler((_, failure) -> escaped = failure);
    only = arguments[0].equals(ALL) ? null : FuzzTargets.named(arguments[0]);
    for (FuzzTargets target : TARGETS) {
      if (only == null || only == target) {
        BUDGETS[target.ordinal()] = new Budget(target.create());
      }
    }
  }

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    FuzzTargets single = only;
    int target =
        single != null
            ? single.ordinal()
            : input.length == 0 ? 0 : (input[0] & 0xff) % TARGETS.length;
    byte[] own =
        single != null || input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
    INPUTS[target]++;
    try {
      BUDGETS[target].take(own);
      Throwable failure = escaped;
      if (failure != null) {
        throw new IllegalStateException("an exception ended a thread", failure);
      }
    } catch (Throwable finding) {
      System.err.println(FINDING + TARGETS[target].label());
      fuzzerTearDown();
      keep(TARGETS[target], own);
      throw finding;
    }
  }

  /** Writes an input as {@link CorpusTest} takes it, without the byte that chooses the target. */
  private static void keep(FuzzTargets target, byte[] input) throws IOException {
    String folder = System.getProperty(FOLDER);
    if (folder != null) {
      String name = target.label() + "-" + Integer.toHexString(Arrays.hashCode(input));
      Files.write(Path.of(folder, name), input);
    }
  }

  /** Called at the end: prints the numbers of inputs. */
  public static void fuzzerTearDown() {
    for (FuzzTargets target : TARGETS) {
      if (INPUTS[target.ordinal()] > 0) {
        System.err.println(COUNT + target.label() + ": " + INPUTS[target.ordinal()]);
      }
    }
  }
}
