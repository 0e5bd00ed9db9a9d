package io.vsmmu.cli.client;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.cli.output.ProgressLine;
import java.time.Duration;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Asks questions that the service answers at once or with a job. A job is polled until it has
 * ended, with its progress on a line; a signal to this process cancels it.
 */
public final class JobClient {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  private final ServiceClient service;
  private final ProgressLine line;

  /**
   * @param line shows the progress; this object ends it
   */
  public JobClient(ServiceClient service, ProgressLine line) {
    this.service = service;
    this.line = line;
  }

  /**
   * Sends a question and returns the answer, however long that takes.
   *
   * @param question sends the request that the service may answer with a job
   * @throws Failure {@link ExitCode#REFUSED} if it is refused, fails or is cancelled
   */
  public Reply ask(Supplier<Reply> question) {
    Reply reply = question.get();
    if (reply.findLocation().isEmpty() || !reply.body().has("state")) {
      return reply;
    }
    String path = "/jobs/" + UrlQuery.segment(reply.body().path("id").asString(""));
    Thread signalled = new Thread(() -> cancel(path), "job-cancel");
    Runtime.getRuntime().addShutdownHook(signalled);
    try {
      return await(path);
    } finally {
      line.end();
      unregister(signalled);
    }
  }

  private Reply await(String path) {
    Duration pause = FIRST_PAUSE;
    while (true) {
      JsonNode job = service.get(path).body();
      switch (job.path("state").asString("")) {
        case "done" -> {
          JsonNode result = job.path("result");
          return new Reply(ServiceClient.JSON.writeValueAsString(result), result, null, null);
        }
        case "failed" ->
            throw new Refusal(
                names -> "The job failed: " + ProblemText.detail(job.path("problem"), names),
                null,
                false);
        case "cancelled" -> throw new Failure(ExitCode.REFUSED, "The job was cancelled");
        default -> line.show(progress(job));
      }
      sleep(pause);
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
  }

  private static String progress(JsonNode job) {
    long done = job.path("done").asLong(0);
    long total = job.path("total").asLong(0);
    if (job.path("state").asString("").equals("waiting")) {
      return "waiting for other jobs";
    }
    return total == 0
        ? "%,d events read".formatted(done)
        : "%d %%, %,d of %,d events read".formatted(Math.min(100, 100 * done / total), done, total);
  }

  private void cancel(String path) {
    line.end();
    try {
      service.deleteUnversioned(path);
    } catch (Failure over) {
      // The service cancels a job itself that no client asks for.
      line.end();
    }
  }

  private static void unregister(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ends) {
      // The process was signalled: the hook cancels the job.
      join(hook);
    }
  }

  private static void join(Thread hook) {
    try {
      hook.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.UNREACHABLE, "Interrupted while waiting for the job", e);
    }
  }
}
