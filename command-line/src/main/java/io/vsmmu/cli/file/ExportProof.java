package io.vsmmu.cli.file;

import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.SegmentHead;
import io.vsmmu.transparency.SegmentLeaf;
import io.vsmmu.transparency.TlogProof;
import io.vsmmu.transparency.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The proof that a checkpoint has the events of an exported log: a sealed segment with the head of
 * its vSMMU, whose hash stands for every event before it.
 */
public final class ExportProof {

  private final TlogProof proof;
  private final Checkpoint checkpoint;
  private final SegmentLeaf leaf;

  private ExportProof(TlogProof proof, Checkpoint checkpoint, SegmentLeaf leaf) {
    this.proof = proof;
    this.checkpoint = checkpoint;
    this.leaf = leaf;
  }

  /** What a proof says of a file. */
  public sealed interface Verdict {

    /**
     * The file has the events of the checkpoint.
     *
     * @param sequence of the last event that the proof covers
     */
    record Proven(long sequence) implements Verdict {}

    /** The file, or the proof, is of another history; the text says what differs. */
    record Other(String text) implements Verdict {}

    /**
     * The file ends before the head.
     *
     * @param sequence of the head
     */
    record Short(long sequence) implements Verdict {}
  }

  /**
   * Reads a proof.
   *
   * @param keys of which one must have signed its checkpoint; empty to take it as it is
   * @throws IOException if it cannot be read
   * @throws MalformedNoteException if it is no proof of a segment
   */
  public static ExportProof read(Path file, List<VerifierKey> keys)
      throws IOException, MalformedNoteException {
    TlogProof proof = TlogProof.parse(Files.readString(file));
    Checkpoint checkpoint = KnownCheckpoints.checked(proof.checkpoint(), keys);
    return new ExportProof(proof, checkpoint, SegmentLeaf.parse(proof.leaf()));
  }

  /** The checkpoint that the proof leads to. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The sequences of the heads in the segment, of which one is that of the file. */
  public Set<Long> sequences() {
    Set<Long> all = new HashSet<>();
    leaf.heads().forEach(head -> all.add(head.sequence()));
    return all;
  }

  /**
   * Judges an intact file.
   *
   * @param file with the hashes of {@link #sequences}
   * @param known checkpoints that were kept elsewhere; none if the proof's signature is enough
   * @throws MalformedNoteException if no known checkpoint has the size of the proof's
   */
  public Verdict judge(LogFileCheck.Result file, KnownCheckpoints known)
      throws MalformedNoteException {
    List<Checkpoint> same =
        known.all().stream().filter(one -> one.size() == checkpoint.size()).toList();
    if (same.isEmpty() && !known.all().isEmpty()) {
      throw new MalformedNoteException(
          "the proof leads to the checkpoint of size %d, which is not among the known ones"
              .formatted(checkpoint.size()));
    }
    if (same.stream().anyMatch(one -> !one.equals(checkpoint))) {
      return new Verdict.Other("the proof leads to another checkpoint than the known one");
    }
    if (!proof.holds()) {
      return new Verdict.Other("the segment is not in the tree of the checkpoint");
    }
    Optional<SegmentHead> head =
        leaf.heads().stream().filter(one -> one.name().equals(file.vsmmu())).findFirst();
    if (head.isEmpty()) {
      return new Verdict.Other("the proof has no vSMMU '%s'".formatted(file.vsmmu()));
    }
    return judge(file, head.get());
  }

  private static Verdict judge(LogFileCheck.Result file, SegmentHead head) {
    if (file.lastSequence() < head.sequence()) {
      return new Verdict.Short(head.sequence());
    }
    if (file.origin() != head.originMicros()) {
      return new Verdict.Other("the file's times begin at another zero point");
    }
    byte @Nullable [] hash = file.hashes().get(head.sequence());
    return Arrays.equals(hash, head.hash())
        ? new Verdict.Proven(head.sequence())
        : new Verdict.Other(
            "event %d is another one than the checkpoint's".formatted(head.sequence()));
  }
}
