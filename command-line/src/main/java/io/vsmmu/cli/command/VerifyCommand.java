package io.vsmmu.cli.command;

import io.vsmmu.cli.client.CheckpointClient;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.file.ExportProof;
import io.vsmmu.cli.file.KnownCheckpoints;
import io.vsmmu.cli.file.LogFileCheck;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.cli.service.ClaimedDirectory;
import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.seal.DatabaseHistory;
import io.vsmmu.db.seal.HistoryVerdict;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.ProofCheck;
import io.vsmmu.transparency.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "verify",
    description =
        "Checks the hash chain of a log, an exported file without a service, or without NAME|FILE"
            + " the history of all logs; exit codes 1 if it is broken, 7 if it is another one than"
            + " that of a known checkpoint, 8 if it is shorter.")
final class VerifyCommand extends RemoteCommand {

  /** That of the samples, which a vSMMU's name may end with, too, but hardly does. */
  private static final String SUFFIX = ".vsmmulog";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME|FILE",
      description =
          "Name of the vSMMU, or path of a file that 'export' wrote, which then takes precedence."
              + " Without it: the whole history.")
  private @Nullable String nameOrFile;

  @Option(
      names = "--known-checkpoint",
      paramLabel = "CHECKPOINTS",
      description = "A file with checkpoints that were kept elsewhere, one or several.")
  private @Nullable Path knownCheckpoint;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description =
          "Verifier key of the log or of a witness; one of those given must have signed each"
              + " checkpoint.",
      converter = VerifierKeyOption.class)
  private List<VerifierKey> keys = new ArrayList<>();

  @Option(
      names = "--proof",
      paramLabel = "PROOF",
      description = "The proof that 'export --proof' wrote, for a FILE.")
  private @Nullable Path proof;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description =
          "Read this PostgreSQL instead of asking a service:"
              + " jdbc:postgresql://HOST/DATABASE?user=NAME.")
  private @Nullable String database;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Read the database in this data directory, of a service that does not run.")
  private @Nullable Path dataDir;

  @Override
  ExitCode ask(ServiceClient service) {
    String given = nameOrFile;
    KnownCheckpoints known = known();
    if (given == null) {
      return history(service, known);
    }
    if (database != null || dataDir != null) {
      throw wrong("--database and --data-dir have the history of all logs, not of one");
    }
    Optional<Path> file = file(given);
    if (file.isPresent()) {
      return check(file.get(), known);
    }
    if (!canBeName(given)) {
      throw wrong(
          "FILE '%s' %s; allowed: a file that 'export' wrote, or the name of a vSMMU"
              .formatted(given, isThere(given) ? "is not a regular file" : "does not exist"));
    }
    if (knownCheckpoint != null || proof != null) {
      throw wrong("a checkpoint covers the history of all logs: leave NAME away");
    }
    Reply reply = service.get(vsmmu(given) + "/chain");
    print(reply);
    return reply.body().path("intact").asBoolean(false) ? ExitCode.OK : ExitCode.NO;
  }

  private KnownCheckpoints known() {
    if (knownCheckpoint == null) {
      return KnownCheckpoints.none();
    }
    try {
      return KnownCheckpoints.read(knownCheckpoint, keys);
    } catch (MalformedNoteException wrong) {
      throw wrong("CHECKPOINTS '%s': %s".formatted(knownCheckpoint, wrong.getMessage()));
    } catch (IOException unreadable) {
      throw unreadable(knownCheckpoint, unreadable);
    }
  }

  private static Failure unreadable(Path file, IOException why) {
    return new Failure(
        ExitCode.LOCAL,
        why instanceof NoSuchFileException
            ? "FILE '%s' does not exist".formatted(file)
            : "FILE '%s' cannot be read: %s".formatted(file, why.getMessage()));
  }

  // The history of all logs.

  private ExitCode history(ServiceClient service, KnownCheckpoints known) {
    if (proof != null) {
      throw wrong("--proof goes with a FILE");
    }
    if (database != null && dataDir != null) {
      throw wrong("--database and --data-dir exclude each other");
    }
    if (database != null) {
      return read("--database", "the database", database, known);
    }
    return dataDir == null ? asked(service, known) : stopped(dataDir, known);
  }

  private ExitCode read(String option, String what, String url, KnownCheckpoints known) {
    try {
      return shown(DatabaseHistory.verify(url, known.all()));
    } catch (IOException unreadable) {
      throw new Failure(
          ExitCode.LOCAL,
          "%s: %s cannot be read: %s".formatted(option, what, unreadable.getMessage()));
    }
  }

  private ExitCode stopped(Path directory, KnownCheckpoints known) {
    Path postgres = directory.resolve("postgres");
    if (!Files.isRegularFile(postgres.resolve("PG_VERSION"))) {
      throw wrong("--data-dir '%s' has no database of a service".formatted(directory));
    }
    try (ClaimedDirectory claimed = ClaimedDirectory.claim(directory);
        EmbeddedDatabase server =
            EmbeddedDatabase.start(claimed.path().resolve("postgres").toAbsolutePath())) {
      return read("--data-dir", "its database", server.jdbcUrl(), known);
    } catch (IOException failed) {
      throw new Failure(
          ExitCode.LOCAL,
          "--data-dir '%s': its PostgreSQL does not start: %s"
              .formatted(directory, failed.getMessage()));
    }
  }

  private ExitCode shown(HistoryVerdict verdict) {
    ObjectNode shown = ServiceClient.JSON.createObjectNode();
    HistoryVerdict.HistoryReach reach = verdict.reach();
    ExitCode code =
        switch (verdict) {
          case HistoryVerdict.Intact intact -> {
            shown.put("verdict", "INTACT");
            yield ExitCode.OK;
          }
          case HistoryVerdict.Broken broken -> {
            shown.put("verdict", "BROKEN").put("position", broken.position());
            shown.put("reason", broken.kind().name()).put("text", broken.text());
            yield ExitCode.NO;
          }
          case HistoryVerdict.Diverged diverged -> {
            shown.put("verdict", "DIVERGED").put("text", diverged.text());
            yield ExitCode.DIVERGED;
          }
          case HistoryVerdict.Shorter shorter -> {
            shown
                .put("verdict", "SHORTER")
                .put(
                    "text",
                    "the checkpoint has %d segments, and the log %d"
                        .formatted(shorter.known().size(), reach.size()));
            yield ExitCode.SHORTER;
          }
        };
    shown.put("events", reach.events()).put("segments", reach.size());
    shown.put("sealed", reach.sealed()).put("covered", reach.covered());
    print(new Reply(shown.toString(), shown, null, null));
    return code;
  }

  private ExitCode asked(ServiceClient service, KnownCheckpoints known) {
    UrlQuery query = new UrlQuery();
    Optional<Checkpoint> largest = known.largest();
    if (largest.isPresent()) {
      ExitCode tree = continued(known.all(), new CheckpointClient(service));
      if (tree != ExitCode.OK) {
        return tree;
      }
      query
          .with("origin", largest.get().origin())
          .with("size", largest.get().size())
          .with("root", Base64.getEncoder().encodeToString(largest.get().root()));
    }
    Reply reply = service.get("/history" + query);
    print(reply);
    return switch (reply.body().path("verdict").asString("")) {
      case "INTACT" -> ExitCode.OK;
      case "DIVERGED" -> ExitCode.DIVERGED;
      case "SHORTER" -> ExitCode.SHORTER;
      default -> ExitCode.NO;
    };
  }

  /**
   * Whether the newest checkpoint of the service continues each known one, by its own proofs. A
   * smaller one can be of another history than the largest: two of them are then compared that a
   * host showed to different readers.
   */
  private ExitCode continued(List<Checkpoint> known, CheckpointClient service) {
    Checkpoint newest;
    try {
      newest = Checkpoint.parse(service.latest().text());
    } catch (MalformedNoteException wrong) {
      throw new Failure(ExitCode.UNREACHABLE, "The service has no checkpoint", wrong);
    }
    for (Checkpoint each : known) {
      ExitCode tree = continued(each, newest, service);
      if (tree != ExitCode.OK) {
        return tree;
      }
    }
    return ExitCode.OK;
  }

  private ExitCode continued(Checkpoint known, Checkpoint newest, CheckpointClient service) {
    if (!newest.origin().equals(known.origin())) {
      warn("the service has the log '%s', not '%s'".formatted(newest.origin(), known.origin()));
      return ExitCode.DIVERGED;
    }
    if (newest.size() < known.size()) {
      warn(
          "the newest checkpoint has %d segments, and the known one %d"
              .formatted(newest.size(), known.size()));
      return ExitCode.SHORTER;
    }
    List<byte[]> hashes =
        known.size() == 0 || newest.size() == known.size()
            ? List.of()
            : service.consistency(known.size(), newest.size());
    if (ProofCheck.consistent(known.size(), known.root(), newest.size(), newest.root(), hashes)) {
      return ExitCode.OK;
    }
    warn(
        "the newest checkpoint, of %d segments, does not continue the known one of %d"
            .formatted(newest.size(), known.size()));
    return ExitCode.DIVERGED;
  }

  // A file of one log.

  private Optional<Path> file(String given) {
    try {
      return Optional.of(Path.of(given)).filter(path -> isMeant(path, given));
    } catch (InvalidPathException notAPath) {
      return Optional.empty();
    }
  }

  private static boolean isThere(String given) {
    try {
      return Files.exists(Path.of(given));
    } catch (InvalidPathException notAPath) {
      return false;
    }
  }

  /** A file may be damaged where it says that it is a log. */
  private static boolean isMeant(Path path, String given) {
    boolean onlyFile = !canBeName(given) || given.endsWith(SUFFIX);
    return onlyFile ? Files.isRegularFile(path) : LogFileCheck.isLogFile(path);
  }

  private ExitCode check(Path file, KnownCheckpoints known) {
    Optional<ExportProof> given = proof(known);
    LogFileCheck.Result result;
    try {
      result =
          given.isPresent()
              ? LogFileCheck.of(file, given.get().sequences())
              : LogFileCheck.of(file);
    } catch (IOException unreadable) {
      throw unreadable(file, unreadable);
    }
    ObjectNode shown = ServiceClient.JSON.createObjectNode();
    shown.put("vsmmu", result.vsmmu()).put("intact", result.intact());
    shown.put("events", result.events()).put("lastSequence", result.lastSequence());
    result
        .part()
        .ifPresent(
            part ->
                shown
                    .putObject("partOf")
                    .put("events", part.events())
                    .put("firstSequence", part.firstSequence())
                    .put("firstPosition", part.firstPosition())
                    .put("lastPosition", part.lastPosition())
                    .put(
                        "stateBefore",
                        result.state().isPresent()
                            ? "readable"
                            : "written by another version, so that import refuses the file"));
    if (!result.intact()) {
      shown.put("broken", result.broken());
    }
    ExitCode code =
        result.intact() && given.isPresent()
            ? judged(given.get(), result, known, shown)
            : result.intact() ? ExitCode.OK : ExitCode.NO;
    print(new Reply(shown.toString(), shown, null, null));
    return code;
  }

  private Optional<ExportProof> proof(KnownCheckpoints known) {
    Path path = proof;
    if (path == null) {
      if (knownCheckpoint != null) {
        throw wrong("a checkpoint covers a FILE by its proof: --proof, which 'export' wrote");
      }
      return Optional.empty();
    }
    if (keys.isEmpty() && known.all().isEmpty()) {
      throw wrong("--proof proves something with --known-checkpoint or --key only");
    }
    try {
      return Optional.of(ExportProof.read(path, known.all().isEmpty() ? keys : List.of()));
    } catch (MalformedNoteException malformed) {
      throw wrong("PROOF '%s': %s".formatted(path, malformed.getMessage()));
    } catch (IOException unreadable) {
      throw unreadable(path, unreadable);
    }
  }

  private ExitCode judged(
      ExportProof given, LogFileCheck.Result result, KnownCheckpoints known, ObjectNode shown) {
    try {
      shown.put("checkpoint", given.checkpoint().size());
      return switch (given.judge(result, known)) {
        case ExportProof.Verdict.Proven proven -> {
          shown.put("proven", "events up to " + proven.sequence());
          yield ExitCode.OK;
        }
        case ExportProof.Verdict.Other other -> {
          shown.put("proven", "nothing: " + other.text());
          yield ExitCode.DIVERGED;
        }
        case ExportProof.Verdict.Short tooShort -> {
          shown.put("proven", "nothing: the checkpoint has events up to " + tooShort.sequence());
          yield ExitCode.SHORTER;
        }
      };
    } catch (MalformedNoteException wrong) {
      throw wrong("PROOF '%s': %s".formatted(proof, wrong.getMessage()));
    }
  }
}
