package io.vsmmu.acceptance.crash;

import io.vsmmu.boundary.Boundary;
import io.vsmmu.boundary.BoundaryObserver;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends SIGKILL to its own process when it reaches a boundary for the nth time. */
public final class KillingObserver implements BoundaryObserver {

  /** A line that the process printed last. */
  static final String REACHED = "reached ";

  private static final String AT = "vsmmu.test.kill.at";
  private static final String TIMES = "vsmmu.test.kill.times";
  private static final int SIGKILL = 9;

  @SuppressWarnings("restricted") // a JVM offers no signal to itself
  private static final MethodHandle KILL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private final String at = System.getProperty(AT, "");
  private final AtomicInteger left = new AtomicInteger(Integer.getInteger(TIMES, 1));
  private final int pid = (int) ProcessHandle.current().pid();

  /** The options of a JVM that is killed at a boundary. */
  static List<String> options(String boundary, int times) {
    return List.of("-D%s=%s".formatted(AT, boundary), "-D%s=%d".formatted(TIMES, times));
  }

  /** A folder for the class path of a JVM, in which {@code Boundaries} finds this class. */
  static Path classPath(Path folder) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(BoundaryObserver.class.getName()), KillingObserver.class.getName());
    return folder;
  }

  /** The name of a boundary: its enum's and its own. */
  static String name(Boundary boundary) {
    return boundary.getClass().getSimpleName() + "." + boundary.name();
  }

  @Override
  public void reached(Boundary boundary) {
    if (at.endsWith(boundary.name()) && at.equals(name(boundary)) && left.decrementAndGet() == 0) {
      die();
    }
  }

  private void die() {
    try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
      out.write((REACHED + at + "\n").getBytes(StandardCharsets.UTF_8));
      int ignored = (int) KILL.invokeExact(pid, SIGKILL);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
