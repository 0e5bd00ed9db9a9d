package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Query;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which part of a log is wanted: {@code --from} and {@code --to}. */
final class Interval {

  @Option(
      names = "--from",
      paramLabel = "MOMENT",
      description = "Only what happened from this position or instant on.",
      converter = Moment.Converter.class)
  private @Nullable Moment from;

  @Option(
      names = "--to",
      paramLabel = "MOMENT",
      description = "Only what happened up to this position or instant.",
      converter = Moment.Converter.class)
  private @Nullable Moment to;

  void addTo(Query query) {
    query.with("from", from).with("to", to);
  }
}
