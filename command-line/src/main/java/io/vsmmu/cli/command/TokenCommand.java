package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "token",
    description = "Tokens of other users and of programs.",
    subcommands = {
      TokenCommand.TokenCreateCommand.class,
      TokenCommand.TokenListCommand.class,
      TokenCommand.TokenRevokeCommand.class
    },
    synopsisSubcommandLabel = "(create | list | revoke)")
final class TokenCommand {

  private static final String TOKENS = "/tokens";

  /** The values of {@code --role}. */
  enum TokenRole {
    VIEWER,
    OPERATOR,
    ADMIN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Command(name = "create", description = "Makes a token and prints it, once.")
  static final class TokenCreateCommand extends RemoteCommand {

    @Parameters(
        index = "0",
        paramLabel = "TOKEN",
        description = "What the audit calls its holder: a-z, 0-9, '.', '_', '-'.")
    private String token = "";

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "What its holder may do: viewer, operator, admin. Default: viewer.",
        defaultValue = "viewer")
    private TokenRole role = TokenRole.VIEWER;

    @Option(
        names = "--vm",
        paramLabel = "VM",
        description = "A VM that it is for; can be repeated. Without it all.")
    private List<String> vms = new ArrayList<>();

    @Option(
        names = "--expires",
        paramLabel = "INSTANT",
        description =
            "When it ends, such as 2027-01-31T12:00:00Z, within 366 days. Default: in 90 days.")
    private @Nullable Instant expires;

    @Override
    Map<String, String> requestNames() {
      return Map.of("name", "TOKEN", "vms", "--vm");
    }

    @Override
    ExitCode ask(ServiceClient service) {
      ObjectNode body =
          ServiceClient.JSON.createObjectNode().put("name", token).put("role", role.toString());
      if (!vms.isEmpty()) {
        ArrayNode names = body.putArray("vms");
        vms.forEach(names::add);
      }
      if (expires != null) {
        body.put("expires", expires.toString());
      }
      Reply made = service.ask(TOKENS, body);
      print(made, answer -> out().println(answer.path("secret").asString()));
      if (!json()) {
        warn(
            "%s, until %s. It is shown once and stored nowhere."
                .formatted(
                    made.body().path("role").asString(), made.body().path("expires").asString()));
      }
      return ExitCode.OK;
    }
  }

  @Command(name = "list", description = "Lists the tokens, without their secrets.")
  static final class TokenListCommand extends RemoteCommand {

    @Mixin private PageOptions.OfList page = new PageOptions.OfList();

    @Override
    ExitCode ask(ServiceClient service) {
      print(service.get(TOKENS + page.query()), this::show);
      return ExitCode.OK;
    }

    private void show(JsonNode list) {
      Table table =
          new Table("name", "role", "status").text("VMs").text("expires").extra("created by");
      for (JsonNode token : PagedList.items(list)) {
        table.row(
            List.of(
                token.path("name").asString(),
                token.path("role").asString(),
                token.path("status").asString(),
                token.has("vms")
                    ? token
                        .path("vms")
                        .valueStream()
                        .map(JsonNode::asString)
                        .collect(Collectors.joining(" "))
                    : "all",
                token.path("expires").asString(),
                token.path("createdBy").asString()));
      }
      table.print(out(), "", width());
      PageOptions.printNext(list, out());
    }
  }

  @Command(name = "revoke", description = "Revokes a token, at once and for good.")
  static final class TokenRevokeCommand extends RemoteCommand {

    @Parameters(index = "0", paramLabel = "TOKEN", description = "Name of the token.")
    private String token = "";

    @Override
    Map<String, String> requestNames() {
      return Map.of("token", "TOKEN");
    }

    @Override
    ExitCode ask(ServiceClient service) {
      service.deleteUnversioned(TOKENS + "/" + UrlQuery.segment(token));
      note("revoked " + token);
      return ExitCode.OK;
    }
  }
}
