package io.vsmmu.cli.command;

import picocli.CommandLine.Parameters;

/** A command about one vSMMU, whose name is its first positional parameter. */
abstract class VsmmuCommand extends RemoteCommand {

  @Parameters(index = "0", paramLabel = "NAME", description = "Name of the vSMMU.")
  private String name = "";

  final String name() {
    return name;
  }

  /** The path of the vSMMU's resource, with its name percent-encoded. */
  final String path() {
    return vsmmu(name);
  }
}
