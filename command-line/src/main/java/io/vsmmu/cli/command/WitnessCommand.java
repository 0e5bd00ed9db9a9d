package io.vsmmu.cli.command;

import io.vsmmu.cli.client.CheckpointClient;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.file.WitnessState;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.cli.service.DefaultFolders;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.NoteSignature;
import io.vsmmu.transparency.ProofCheck;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.VerifierKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "witness",
    description =
        "Cosigns the newest checkpoint of a service, if it continues the last one that this witness"
            + " saw; exit codes 7 and 8 if it does not.")
final class WitnessCommand extends RemoteCommand {

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Folder of the witness's key and of what it saw. Default: .vsmmu/witness beside the"
              + " launcher.")
  private Path state = DefaultFolders.witness();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "Name of the witness, with which its key is made at the first time. Default: the host's"
              + " name, with /witness behind it.")
  private String name = "";

  @Option(
      names = "--log-key",
      paramLabel = "KEY",
      description =
          "The log's verifier key. Default: the one that the service had at the first time.",
      converter = VerifierKeyOption.class)
  private @Nullable VerifierKey logKey;

  @Override
  ExitCode ask(ServiceClient service) {
    try (WitnessState witness = WitnessState.open(state, name.isEmpty() ? hostName() : name)) {
      return cosign(witness, new CheckpointClient(service));
    } catch (IOException | MalformedNoteException failed) {
      throw new Failure(
          ExitCode.LOCAL, "DIR '%s' cannot be used: %s".formatted(state, failed.getMessage()));
    }
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-")
          + "/witness";
    } catch (UnknownHostException nameless) {
      return "localhost/witness";
    }
  }

  private ExitCode cosign(WitnessState witness, CheckpointClient service)
      throws IOException, MalformedNoteException {
    Optional<VerifierKey> before = witness.log(url());
    SignedNote note = service.latest();
    Checkpoint newest = Checkpoint.parse(note.text());
    VerifierKey key = keyOf(before, service);
    if (!newest.origin().equals(key.name())) {
      return refused(
          ExitCode.DIVERGED,
          "the service shows the log '%s', and its key is that of '%s'"
              .formatted(newest.origin(), key.name()));
    }
    if (!note.isSignedBy(key)) {
      return refused(ExitCode.NO, "the newest checkpoint is not signed by the key of its log");
    }
    Optional<SignedNote> last = witness.last(newest.origin());
    if (last.isPresent()) {
      ExitCode continues = continues(Checkpoint.parse(last.get().text()), newest, service);
      if (continues != ExitCode.OK) {
        return continues;
      }
    }
    long now = Clock.systemUTC().instant().getEpochSecond();
    if (last.flatMap(witness::cosignedAt).filter(at -> at > now).isPresent()) {
      return refused(
          ExitCode.LOCAL, "this machine's clock is before the time of the last cosignature");
    }
    NoteSignature cosignature = witness.key().cosign(note.text(), now);
    SignedNote cosigned =
        new SignedNote(
            note.text(),
            Stream.concat(
                    note.signatures().stream()
                        .filter(one -> !one.name().equals(cosignature.name())),
                    Stream.of(cosignature))
                .toList());
    // Before the service has it: a witness never takes back what it said.
    witness.remember(url(), key, cosigned);
    service.cosign(newest.size(), witness.key().verifier(), cosignature);
    print(newest, now, last, witness);
    return ExitCode.OK;
  }

  /** The key that is trusted: the given one, else that of the first time. */
  private VerifierKey keyOf(Optional<VerifierKey> before, CheckpointClient service) {
    if (logKey != null) {
      return logKey;
    }
    if (before.isPresent()) {
      return before.get();
    }
    VerifierKey shown = service.key();
    warn("first time: the key of the log is taken from the service: " + shown);
    return shown;
  }

  private ExitCode continues(Checkpoint last, Checkpoint newest, CheckpointClient service) {
    if (newest.size() < last.size()) {
      return refused(
          ExitCode.SHORTER,
          "the newest checkpoint has %d segments, and %d were seen already"
              .formatted(newest.size(), last.size()));
    }
    boolean holds =
        newest.size() == last.size()
            ? newest.equals(last)
            : ProofCheck.consistent(
                last.size(),
                last.root(),
                newest.size(),
                newest.root(),
                service.consistency(last.size(), newest.size()));
    return holds
        ? ExitCode.OK
        : refused(
            ExitCode.DIVERGED,
            "the checkpoint of size %d does not continue the one of size %d that was seen"
                .formatted(newest.size(), last.size()));
  }

  private ExitCode refused(ExitCode code, String why) {
    warn("not cosigned: " + why);
    return code;
  }

  private void print(Checkpoint newest, long now, Optional<SignedNote> last, WitnessState witness)
      throws MalformedNoteException {
    ObjectNode shown = ServiceClient.JSON.createObjectNode();
    shown.put("log", newest.origin()).put("segments", newest.size());
    shown.put("before", last.isPresent() ? Checkpoint.parse(last.get().text()).size() : 0);
    shown.put("cosignedAt", Instant.ofEpochSecond(now).toString());
    shown.put("witness", witness.key().verifier().toString());
    shown.put("file", state.resolve("checkpoints").toString());
    print(new Reply(shown.toString(), shown, null, null));
  }
}
