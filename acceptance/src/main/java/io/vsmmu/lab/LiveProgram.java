package io.vsmmu.lab;

import java.nio.file.Path;

/**
 * A program of the host lab that runs stock QEMUs against the service and prints a result a line.
 *
 * <p>Arguments: the service's URL, its data directory, the file with its process id, the folder
 * with the guest's kernel, the folder for what is to be kept.
 */
abstract class LiveProgram {

  final Results results = new Results();
  final LiveService service;
  final Path kernel;
  final Path kept;

  LiveProgram(String[] arguments) {
    service = new LiveService(arguments[0], Path.of(arguments[1]), Path.of(arguments[2]));
    kernel = Path.of(arguments[3]).toAbsolutePath();
    kept = Path.of(arguments[4]).toAbsolutePath();
  }

  abstract void run() throws Exception;

  /** Runs, and ends the process: with exit code 0 if every check held, else with 1. */
  final void runAndExit() {
    try {
      run();
    } catch (Exception failed) {
      results.broke(failed);
    }
    System.exit(results.allHold() ? 0 : 1);
  }
}
