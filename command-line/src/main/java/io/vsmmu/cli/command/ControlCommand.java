package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;

/** A command that changes the lifecycle of a vSMMU: {@code POST /vsmmus/NAME:VERB}. */
abstract class ControlCommand extends VsmmuCommand {

  private final String verb;
  private final String done;

  /**
   * @param verb the verb in the URL
   * @param done its past participle, for the message
   */
  ControlCommand(String verb, String done) {
    this.verb = verb;
    this.done = done;
  }

  @Override
  final ExitCode ask(ServiceClient service) {
    Reply reply = service.post(path() + ":" + verb);
    print(
        reply,
        vsmmu ->
            out()
                .println(
                    "%s %s, which is %s now"
                        .formatted(done, name(), vsmmu.path("lifecycle").asString("?"))));
    return ExitCode.OK;
  }
}
