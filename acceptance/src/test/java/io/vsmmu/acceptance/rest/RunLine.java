package io.vsmmu.acceptance.rest;

import io.vsmmu.cli.CommandLines;
import io.vsmmu.cli.command.RunCommand;
import io.vsmmu.cli.output.Screen;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.testing.StubKernel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/** {@code run} on a stub of a kernel, up to the moment in which it would become QEMU. */
public final class RunLine implements RunCommand.ProcessReplacement {

  /** A program that answers as QEMU does when it is asked for its devices, and notes each start. */
  public static final String QEMU = "echo 'name \"vfio-user-pci\", bus PCI'";

  private final StubKernel kernel;
  private final Path folder;
  private List<String> became = List.of();
  private List<Integer> inherited = List.of();
  private int errno;

  /**
   * On this kernel.
   *
   * @param folder for the program
   */
  public RunLine(StubKernel kernel, Path folder) {
    this.kernel = kernel;
    this.folder = folder;
  }

  /** How it ended and what it printed. */
  public record Ended(int code, String out, String err) {}

  /** Becoming QEMU fails with this error from now on. */
  public RunLine cannotStart(int failure) {
    errno = failure;
    return this;
  }

  @Override
  public void become(List<String> command, List<Fd> descriptors) throws PosixException {
    if (errno != 0) {
      throw new PosixException("execvp", errno);
    }
    became = List.copyOf(command);
    inherited = descriptors.stream().map(Fd::number).toList();
    // execvp(3) does not return.
    throw new IllegalStateException("became QEMU");
  }

  /** The command line that QEMU was started with; empty when it was not. */
  public List<String> became() {
    return became;
  }

  /** Numbers of the descriptors that QEMU inherited. */
  public List<Integer> inherited() {
    return inherited;
  }

  /** Writes a program of these lines of shell, which also notes its arguments. */
  public Path program(String... lines) {
    try {
      Path program = Files.createTempFile(folder, "qemu", "");
      List<String> script = new ArrayList<>(List.of("#!/bin/sh", "echo \"$@\" >>" + starts()));
      script.addAll(List.of(lines));
      Files.write(program, script);
      return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Path starts() {
    return folder.resolve("starts");
  }

  /** Arguments of each start of a {@link #program}. */
  public List<String> started() {
    try {
      return Files.exists(starts()) ? Files.readAllLines(starts()) : List.of();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Runs {@code vsmmu run} with these arguments against a service. */
  public Ended run(URI service, List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commands =
        CommandLines.create(
            new String[0],
            settings -> {
              throw new IllegalStateException("not to be started by this test");
            },
            new Screen(Screen.WITHOUT_TERMINAL),
            new PrintWriter(out),
            new PrintWriter(err));
    commands.getCommandSpec().removeSubcommand("run");
    CommandLine run = new CommandLine(new RunCommand(kernel.paths(), kernel, this));
    run.setExecutionExceptionHandler(commands.getExecutionExceptionHandler());
    run.setParameterExceptionHandler(commands.getParameterExceptionHandler());
    run.setOut(commands.getOut()).setErr(commands.getErr());
    commands.addSubcommand(run);
    List<String> all =
        new ArrayList<>(
            List.of("run", "--url", service.toString(), "--token-file", TestToken.FILE.toString()));
    all.addAll(arguments);
    int code = commands.execute(all.toArray(String[]::new));
    return new Ended(code, out.toString(), err.toString());
  }

  /** The value of an option's last occurrence whose value begins so. */
  public Optional<String> argument(String beginning) {
    return became.stream().filter(argument -> argument.startsWith(beginning)).findFirst();
  }
}
