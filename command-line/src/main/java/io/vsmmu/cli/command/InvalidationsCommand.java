package io.vsmmu.cli.command;

import io.vsmmu.cli.client.UrlQuery;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "invalidations",
    description = "Lists the guest's invalidation commands that could touch what is given.")
final class InvalidationsCommand extends PagedCommand {

  @Mixin private Interval interval = new Interval();

  @Option(
      names = "--sid",
      paramLabel = "SID",
      description = "Only those that could touch this StreamID, such as 0x900.",
      converter = Hexadecimal.StreamIdConverter.class)
  private @Nullable Hexadecimal sid;

  @Option(
      names = "--asid",
      paramLabel = "ASID",
      description = "Only those that could touch this ASID.",
      converter = Hexadecimal.AsidConverter.class)
  private @Nullable Hexadecimal asid;

  @Option(
      names = "--va",
      paramLabel = "ADDRESS",
      description = "Only those that could touch this virtual address.",
      converter = Hexadecimal.AddressConverter.class)
  private @Nullable Hexadecimal va;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      description = "Length of the range from --va on, in bytes. Default: 1.",
      converter = Hexadecimal.LengthConverter.class)
  private @Nullable Hexadecimal size;

  @Override
  void check() {
    if (size != null && va == null) {
      throw wrong("--size goes with --va only: it is the length of the range from there on");
    }
    interval.check(this);
  }

  @Override
  JsonTable columns(JsonTable listing) {
    return listing
        .plain("position")
        .extra("time")
        .plain("entry", "command.name", "forwarded")
        .text("command.fields");
  }

  @Override
  String resource() {
    return "invalidations";
  }

  @Override
  UrlQuery filter(UrlQuery query) {
    query.with("sid", sid).with("asid", asid).with("va", va).with("size", size);
    interval.addTo(query);
    return query;
  }
}
