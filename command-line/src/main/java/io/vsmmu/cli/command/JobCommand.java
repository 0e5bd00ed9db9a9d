package io.vsmmu.cli.command;

import io.vsmmu.cli.client.JobClient;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ProgressLine;
import java.util.function.Supplier;

/** A command whose question may become a job of the service, for whose result it waits. */
abstract class JobCommand extends RemoteCommand {

  /**
   * The answer to a question, however long it takes, with the progress on standard error.
   *
   * @param question sends the request
   */
  final Reply answer(ServiceClient service, Supplier<Reply> question) {
    ProgressLine line =
        new ProgressLine(
            err(), Boolean.getBoolean(ProgressLine.TERMINAL), width(), System::nanoTime);
    return new JobClient(service, line).ask(question);
  }
}
