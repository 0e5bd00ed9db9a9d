package io.vsmmu.host.apply;

import io.vsmmu.host.Errno;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.IommuContext;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Issues a slice's invalidations: what accumulates between two CMD_SYNCs is one ioctl.
 *
 * <p>After an error the kernel's report is not enough to know which command is to blame, and which
 * ones reached the SMMU (see {@link InvalidationReport}). What is not certainly issued is then
 * issued again in ever smaller parts, until a command fails in a batch of its own: that one is to
 * blame, and all before it are done. Invalidations are idempotent, so that issuing one twice does
 * no harm.
 */
final class InvalidationRun {

  /** Most entries of one ioctl. */
  static final int BATCH_ENTRIES = 1024;

  /** How often a batch that failed without a culprit is tried again. */
  static final int RETRIES = 1;

  private final IommuContext context;
  private final InvalidationCall call;
  private final OperationLog log;
  private final VsmmuState state;
  private final long viommu;

  InvalidationRun(IommuContext context, InvalidationCall call, OperationLog log, VsmmuState state) {
    this.context = context;
    this.call = call;
    this.log = log;
    this.state = state;
    this.viommu = state.hostHandles().viommu();
  }

  void issue(CommandsConsumed slice) {
    BitSet forwarded = slice.forwarded();
    List<Integer> batch = new ArrayList<>();
    for (int i = 0; i < slice.consumed(); i++) {
      if (forwarded.get(i)) {
        batch.add(i);
      }
      boolean sync = slice.entries().get(i).opcode() == CommandOpcode.SYNC.code();
      if ((sync || batch.size() == BATCH_ENTRIES) && !flush(slice, batch)) {
        return;
      }
    }
    flush(slice, batch);
  }

  /** Issues and clears the batch; false when the guest must see an error. */
  private boolean flush(CommandsConsumed slice, List<Integer> batch) {
    if (batch.isEmpty()) {
      return true;
    }
    boolean ok = issue(slice, List.copyOf(batch), RETRIES);
    batch.clear();
    return ok;
  }

  /** No host can be reached: the guest must not take its invalidations for done. */
  static void unreachable(OperationLog log, VsmmuState state, CommandsConsumed slice, Errno errno) {
    int first = slice.forwarded().nextSetBit(0);
    if (first >= 0) {
      log.invalidated(
          state.hostHandles().viommu(),
          -1,
          first,
          slice.forwarded().cardinality(),
          Optional.of(errno),
          first);
    }
  }

  private boolean issue(CommandsConsumed slice, List<Integer> batch, int retries) {
    InvalidationReport report = send(slice, batch);
    if (report.isComplete()) {
      record(batch, Optional.empty(), -1);
      return true;
    }
    if (!blames(report, batch.size())) {
      return again(slice, batch, report, retries);
    }
    if (batch.size() == 1) {
      record(batch, report.errno(), batch.getFirst());
      return false;
    }
    record(batch, report.errno(), -1);
    List<Integer> rest = batch.subList(call.done(report), batch.size());
    return inParts(slice, rest, report.entryNum() - call.done(report), retries);
  }

  /**
   * Issues commands of which one is not taken, so that it comes in a batch of its own in the end.
   *
   * @param told where the kernel saw the failure, from the first of these commands on; 0 when it
   *     only told the block
   */
  private boolean inParts(CommandsConsumed slice, List<Integer> commands, int told, int retries) {
    if (commands.size() == 1) {
      return issue(slice, commands, retries);
    }
    int half = Math.min(commands.size(), InvalidationReport.BLOCK_ENTRIES + 1) / 2;
    int cut = told > 0 ? told : half;
    return issue(slice, commands.subList(0, cut), retries)
        && issue(slice, commands.subList(cut, commands.size()), retries);
  }

  /**
   * Forgets the CDs of a stream.
   *
   * @param entry index within the slice of the command behind it, or -1
   * @return whether the host did it
   */
  boolean forgetContextDescriptors(int streamId, int entry) {
    CommandEntry command = new ConfigInvalidation.CdAll(streamId, false).encode();
    InvalidationBatch batch = InvalidationBatch.of(command.word0(), command.word1());
    for (int retries = RETRIES; ; retries--) {
      InvalidationReport report = call.issue(context, log.kernelId(viommu), batch);
      boolean again = !report.isComplete() && !blames(report, 1) && retries > 0;
      int failed = report.isComplete() || again ? -1 : Math.max(entry, 0);
      log.invalidated(viommu, streamId, -1, 1, report.errno(), failed);
      if (!again) {
        return report.isComplete();
      }
    }
  }

  private static boolean blames(InvalidationReport report, int entries) {
    return report.entryNum() >= 0 && report.entryNum() < entries;
  }

  /** No entry is to blame (for example ENOMEM): the whole batch is unconfirmed. */
  private boolean again(
      CommandsConsumed slice, List<Integer> batch, InvalidationReport report, int retries) {
    if (retries > 0) {
      record(batch, report.errno(), -1);
      return issue(slice, batch, retries - 1);
    }
    record(batch, report.errno(), batch.getFirst());
    return false;
  }

  private InvalidationReport send(CommandsConsumed slice, List<Integer> batch) {
    long[] words = new long[batch.size() * 2];
    int at = 0;
    for (int index : batch) {
      CommandEntry entry = HostEntry.of(slice.entries().get(index), state.ids());
      words[at++] = entry.word0();
      words[at++] = entry.word1();
    }
    return call.issue(context, log.kernelId(viommu), InvalidationBatch.of(words));
  }

  private void record(List<Integer> batch, Optional<Errno> errno, int failedEntry) {
    log.invalidated(viommu, -1, batch.getFirst(), batch.size(), errno, failedEntry);
  }
}
