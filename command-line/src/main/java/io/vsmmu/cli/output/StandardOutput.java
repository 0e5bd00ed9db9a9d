package io.vsmmu.cli.output;

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
 * The standard output of the process. It keeps the first error of a write, which {@link
 * PrintWriter} does not report.
 */
public final class StandardOutput extends OutputStream {

  /** A link to the file behind standard output (proc(5)): {@code pipe:[NUMBER]} for a pipe. */
  private static final Path DESCRIPTOR = Path.of("/proc/self/fd/1");

  private final OutputStream under;
  private final BooleanSupplier isPipe;
  private @Nullable IOException lost;

  public StandardOutput() {
    this(new FileOutputStream(FileDescriptor.out), StandardOutput::isPipe);
  }

  /**
   * Writes to another stream.
   *
   * @param isPipe whether a reader can close the stream
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
   * The exit code of the process, after everything was flushed. A reader that closed its pipe, such
   * as {@code head}, is no failure. Every other error is reported on {@code err}, and turns success
   * into {@link ExitCode#LOCAL}.
   *
   * @param code the exit code of the command
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

  /** Needed where the message of EPIPE is translated, so that its text does not show the reason. */
  private static boolean isPipe() {
    try {
      String behind = Files.readSymbolicLink(DESCRIPTOR).toString();
      return behind.startsWith("pipe:") || behind.startsWith("socket:");
    } catch (IOException | UnsupportedOperationException notLinux) {
      return false;
    }
  }
}
