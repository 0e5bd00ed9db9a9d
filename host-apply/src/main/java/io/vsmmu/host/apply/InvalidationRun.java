package io.vsmmu.host.apply;

import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.IommuContext;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.rules.CommandFacts;
import io.vsmmu.smmu.rules.CommandRules;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.SmmuCommand;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

  /**
   * What the host is asked.
   *
   * @param index within the slice of the guest's command behind it
   */
  private record HostCommand(int index, CommandEntry entry) {}

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
    List<HostCommand> batch = new ArrayList<>();
    // Forgetting a stream's CDs twice between two CMD_SYNCs is forgetting them once.
    Set<Integer> forgotten = new HashSet<>();
    for (int i = 0; i < slice.consumed(); i++) {
      if (forwarded.get(i)) {
        add(i, slice.entries().get(i), batch, forgotten);
      }
      boolean sync = slice.entries().get(i).opcode() == CommandOpcode.SYNC.code();
      if (sync || batch.size() >= BATCH_ENTRIES) {
        if (!flush(batch)) {
          return;
        }
        forgotten.clear();
      }
    }
    flush(batch);
  }

  /** A command of the guest as the host takes it, reserved and ignored fields cleared. */
  private void add(int index, CommandEntry guest, List<HostCommand> batch, Set<Integer> forgotten) {
    CommandEntry entry = CommandRules.effective(new CommandFacts(state.ids(), true), guest);
    switch (SmmuCommand.decode(entry)) {
      case ConfigInvalidation.Ste ste -> forget(index, ste.sid(), batch, forgotten);
      case ConfigInvalidation.SteRange range ->
          state.devices().keySet().stream()
              .filter(range::covers)
              .filter(this::translates)
              .forEach(streamId -> forget(index, streamId, batch, forgotten));
      default -> batch.add(new HostCommand(index, entry));
    }
  }

  /**
   * A guest's CFGI_STE that changes nothing: what remains of it is that the CDs behind the STE are
   * forgotten (IHI 0070, 4.3.1), by every device of the group that shares the STE.
   */
  private void forget(int index, int streamId, List<HostCommand> batch, Set<Integer> forgotten) {
    long hwpt = state.stream(streamId).map(StreamState::hwpt).orElse(0L);
    state.devices().keySet().stream()
        .filter(device -> state.stream(device).filter(s -> s.hwpt() == hwpt).isPresent())
        .filter(forgotten::add)
        .forEach(device -> batch.add(new HostCommand(index, forget(device))));
  }

  private static CommandEntry forget(int streamId) {
    return new ConfigInvalidation.CdAll(streamId, false).encode();
  }

  private boolean translates(int streamId) {
    return state.stream(streamId)
        .filter(stream -> stream.effective() == StreamBehaviour.TRANSLATE)
        .isPresent();
  }

  /** Issues and clears the batch; false when the guest must see an error. */
  private boolean flush(List<HostCommand> batch) {
    if (batch.isEmpty()) {
      return true;
    }
    boolean ok = issue(List.copyOf(batch), RETRIES);
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

  private boolean issue(List<HostCommand> batch, int retries) {
    InvalidationReport report = send(batch);
    if (report.isComplete()) {
      record(batch, Optional.empty(), -1);
      return true;
    }
    if (!blames(report, batch.size())) {
      return again(batch, report, retries);
    }
    if (batch.size() == 1) {
      record(batch, report.errno(), batch.getFirst().index());
      return false;
    }
    record(batch, report.errno(), -1);
    List<HostCommand> rest = batch.subList(call.done(report), batch.size());
    return inParts(rest, report.entryNum() - call.done(report), retries);
  }

  /**
   * Issues commands of which one is not taken, so that it comes in a batch of its own in the end.
   *
   * @param told where the kernel saw the failure, from the first of these commands on; 0 when it
   *     only told the block
   */
  private boolean inParts(List<HostCommand> commands, int told, int retries) {
    if (commands.size() == 1) {
      return issue(commands, retries);
    }
    int half = Math.min(commands.size(), InvalidationReport.BLOCK_ENTRIES + 1) / 2;
    int cut = told > 0 ? told : half;
    return issue(commands.subList(0, cut), retries)
        && issue(commands.subList(cut, commands.size()), retries);
  }

  /**
   * Forgets the CDs of a stream.
   *
   * @param entry index within the slice of the command behind it, or -1
   * @return whether the host did it
   */
  boolean forgetContextDescriptors(int streamId, int entry) {
    CommandEntry command = forget(streamId);
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
  private boolean again(List<HostCommand> batch, InvalidationReport report, int retries) {
    if (retries > 0) {
      record(batch, report.errno(), -1);
      return issue(batch, retries - 1);
    }
    record(batch, report.errno(), batch.getFirst().index());
    return false;
  }

  private InvalidationReport send(List<HostCommand> batch) {
    long[] words = new long[batch.size() * 2];
    int at = 0;
    for (HostCommand command : batch) {
      words[at++] = command.entry().word0();
      words[at++] = command.entry().word1();
    }
    return call.issue(context, log.kernelId(viommu), InvalidationBatch.of(words));
  }

  private void record(List<HostCommand> batch, Optional<Errno> errno, int failedEntry) {
    log.invalidated(viommu, -1, batch.getFirst().index(), batch.size(), errno, failedEntry);
  }
}
