package io.vsmmu.bench.host;

import io.vsmmu.posix.Fd;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;

/** The program in C (lab/bench-host.c), which works on a descriptor of ours. */
final class NativeLoop implements AutoCloseable {

  private final Process process;
  private final Writer orders;
  private final BufferedReader answers;

  /**
   * Starts it.
   *
   * @param id the vIOMMU that it invalidates; 0 for none
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

  /** Calls that take no batch. */
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
