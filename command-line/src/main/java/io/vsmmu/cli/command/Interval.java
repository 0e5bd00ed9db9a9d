package io.vsmmu.cli.command;

import io.vsmmu.cli.client.UrlQuery;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The options {@code --from} and {@code --to}, which select a part of a log. */
final class Interval {

  @Option(
      names = "--from",
      paramLabel = "MOMENT",
      description = "Only what happened from this position, bookmark or instant on.",
      converter = Moment.Converter.class)
  private @Nullable Moment from;

  @Option(
      names = "--to",
      paramLabel = "MOMENT",
      description = "Only what happened up to this position, bookmark or instant.",
      converter = Moment.Converter.class)
  private @Nullable Moment to;

  /**
   * Checks that the part does not end before it begins, as far as that can be seen without the log.
   *
   * @throws picocli.CommandLine.ParameterException if it does
   */
  void check(RemoteCommand command) {
    Moment.checkOrder(command, "--from", from, "--to", to);
  }

  @Nullable Moment from() {
    return from;
  }

  @Nullable Moment to() {
    return to;
  }

  void addTo(UrlQuery query) {
    query.with("from", from).with("to", to);
  }

  void addTo(ObjectNode body) {
    if (from != null) {
      body.put("from", from.parameter());
    }
    if (to != null) {
      body.put("to", to.parameter());
    }
  }
}
