package io.vsmmu.cli.command;

import picocli.CommandLine.Parameters;

/** A command about one vSMMU. */
abstract class VsmmuCommand extends RemoteCommand {

  @Parameters(index = "0", paramLabel = "NAME", description = "Name of the vSMMU.")
  private String name = "";

  final String name() {
    return name;
  }

  /** The path of the vSMMU. */
  final String path() {
    return vsmmu(name);
  }
}
