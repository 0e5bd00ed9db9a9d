package io.vsmmu.bench.host;

import io.vsmmu.posix.Fd;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;

/** The C program (lab/bench-host.c), which inherits a descriptor and makes the calls on it. */
final class NativeLoop implements AutoCloseable {

  private final Process process;
  private final Writer orders;
  private final BufferedReader answers;

  /**
   * Starts the program.
   *
   * @param id id of the vIOMMU to invalidate; 0 if there is none
   */
  NativeLoop(Path program, Fd fd, int id) throws IOException {
    process =
        new ProcessBuilder(
                program.toString(),
                Long.toString(ProcessHandle.current().pid()),
                Integer.toString(fd.number()),
                Integer.toString(id))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    orders = process.outputWriter();
    answers = process.inputReader();
  }

  /** A loop of calls without a batch. */
  Contender.Loop loop(String work) {
    return loop(work, 0);
  }

  Contender.Loop loop(String work, int entries) {
    return calls -> nanos(work, entries, calls);
  }

  private long nanos(String work, int entries, int calls) throws IOException {
    orders.write(work + " " + entries + " " + calls + "\n");
    orders.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new EOFException("the C program ended");
    }
    return Long.parseLong(answer);
  }

  @Override
  public void close() throws IOException {
    orders.close();
  }
}
