package io.vsmmu.cli.output;

import io.vsmmu.cli.outcome.ExitCode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a process prints its answer to. It remembers why something could not be written, which
 * {@link PrintWriter} keeps to itself.
 */
public final class StandardOutput extends OutputStream {

  /** What Linux calls the thing behind standard output: {@code pipe:[NUMBER]} for a pipe. */
  private static final Path DESCRIPTOR = Path.of("/proc/self/fd/1");

  private final OutputStream under;
  private final BooleanSupplier isPipe;
  private @Nullable IOException lost;

  /** The process's own. */
  public StandardOutput() {
    this(new FileOutputStream(FileDescriptor.out), StandardOutput::isPipe);
  }

  /**
   * Something in its place.
   *
   * @param isPipe whether it has a reader, who may close it
   */
  public StandardOutput(OutputStream under, BooleanSupplier isPipe) {
    this.under = under;
    this.isPipe = isPipe;
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      under.write(bytes, offset, length);
    } catch (IOException e) {
      lost = lost == null ? e : lost;
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    under.flush();
  }

  /**
   * How the process ends, once everything was flushed. A reader that had enough and closed its pipe
   * is no failure; every other loss is told, and makes a success one.
   *
   * @param code what the command ended with
   */
  public int ended(int code, PrintWriter err) {
    if (lost == null || isClosedPipe(lost)) {
      return code;
    }
    err.println("vsmmu: the answer cannot be written to standard output: " + lost.getMessage());
    err.flush();
    return code == ExitCode.OK.value() ? ExitCode.LOCAL.value() : code;
  }

  private boolean isClosedPipe(IOException failure) {
    return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe")
        || isPipe.getAsBoolean();
  }

  /** Where messages of the system are translated, the kind of the descriptor tells. */
  private static boolean isPipe() {
    try {
      String behind = Files.readSymbolicLink(DESCRIPTOR).toString();
      return behind.startsWith("pipe:") || behind.startsWith("socket:");
    } catch (IOException | UnsupportedOperationException notLinux) {
      return false;
    }
  }
}
