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
import io.vsmmu.smmu.rules.SliceRules;
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
 * Issues a slice's invalidations: the commands between two CMD_SYNCs are one ioctl.
 *
 * <p>After an error the kernel's report does not always show which command failed and which ones
 * reached the SMMU (see {@link InvalidationReport}). The commands that were not certainly issued
 * are then issued again in smaller and smaller parts, until a command fails in a batch of its own.
 * That command is the one that the host refuses, and all commands before it were carried out.
 * Invalidations are idempotent, so issuing one twice is harmless.
 */
final class InvalidationRun {

  /** Most entries of one ioctl; a further command begins another ioctl. */
  static final int BATCH_ENTRIES = 1024;

  /**
   * Number of times that a batch is issued again after an error that concerns no single command.
   */
  static final int RETRIES = 1;

  /**
   * A command for the host.
   *
   * @param index index within the slice of the guest's command that caused it
   */
  private record ForwardedCommand(int index, CommandEntry entry) {}

  private final IommuContext context;
  private final InvalidationCall call;
  private final OperationLog log;
  private final VsmmuState state;
  private final long viommu;
  private final SliceRules rules;

  InvalidationRun(IommuContext context, InvalidationCall call, OperationLog log, VsmmuState state) {
    this.context = context;
    this.call = call;
    this.log = log;
    this.state = state;
    this.rules = new SliceRules(new CommandFacts(state.ids(), true));
    this.viommu = state.hostHandles().viommu();
  }

  void issue(CommandsConsumed slice) {
    BitSet forwarded = slice.forwarded();
    List<ForwardedCommand> batch = new ArrayList<>();
    // Between two CMD_SYNCs, one invalidation of a stream's CDs has the effect of several.
    Set<Integer> invalidated = new HashSet<>();
    for (int i = 0; i < slice.consumed(); i++) {
      if (forwarded.get(i)) {
        add(i, slice.entries().get(i), batch, invalidated);
      }
      boolean sync = slice.entries().get(i).opcode() == CommandOpcode.SYNC.code();
      if (sync || batch.size() >= BATCH_ENTRIES) {
        if (!flush(batch)) {
          return;
        }
        invalidated.clear();
      }
    }
    flush(batch);
  }

  /**
   * Adds the host's commands for a command of the guest; fields that are reserved or ignored are
   * cleared, because the kernel refuses them.
   */
  private void add(
      int index, CommandEntry guest, List<ForwardedCommand> batch, Set<Integer> invalidated) {
    CommandEntry entry = rules.effective(guest);
    switch (SmmuCommand.decode(entry)) {
      case ConfigInvalidation.Ste ste -> addCdInvalidation(index, ste.sid(), batch, invalidated);
      case ConfigInvalidation.SteRange range ->
          state.devices().keySet().stream()
              .filter(range::covers)
              .filter(this::translates)
              .forEach(streamId -> addCdInvalidation(index, streamId, batch, invalidated));
      default -> batch.add(new ForwardedCommand(index, entry));
    }
  }

  /**
   * Adds what remains of a guest's CFGI_STE that does not change the STE: it also invalidates the
   * CDs of the stream (IHI 0070, 4.3.1), for every device of the group that shares the HWPT.
   */
  private void addCdInvalidation(
      int index, int streamId, List<ForwardedCommand> batch, Set<Integer> invalidated) {
    long hwpt = state.stream(streamId).map(StreamState::hwpt).orElse(0L);
    state.devices().keySet().stream()
        .filter(device -> state.stream(device).filter(s -> s.hwpt() == hwpt).isPresent())
        .filter(invalidated::add)
        .forEach(device -> batch.add(new ForwardedCommand(index, cfgiCdAll(device))));
  }

  private static CommandEntry cfgiCdAll(int streamId) {
    return new ConfigInvalidation.CdAll(streamId, false).encode();
  }

  private boolean translates(int streamId) {
    return state.stream(streamId)
        .filter(stream -> stream.effective() == StreamBehaviour.TRANSLATE)
        .isPresent();
  }

  /**
   * Issues and clears the batch; false when a command failed, so that the guest must see an error.
   */
  private boolean flush(List<ForwardedCommand> batch) {
    if (batch.isEmpty()) {
      return true;
    }
    boolean ok = issue(List.copyOf(batch), RETRIES);
    batch.clear();
    return ok;
  }

  /**
   * Records the slice's invalidations as failed because no host can be opened: the guest must not
   * believe that they took effect.
   */
  static void unreachable(OperationLog log, VsmmuState state, CommandsConsumed slice, Errno errno) {
    int first = slice.forwarded().nextSetBit(0);
    if (first >= 0) {
      log.recordInvalidation(
          state.hostHandles().viommu(),
          -1,
          first,
          slice.forwarded().cardinality(),
          Optional.of(errno),
          first);
    }
  }

  private boolean issue(List<ForwardedCommand> batch, int retries) {
    InvalidationReport report = send(batch);
    if (report.isComplete()) {
      record(batch, Optional.empty(), -1);
      return true;
    }
    if (!showsCulprit(report, batch.size())) {
      return retry(batch, report, retries);
    }
    if (batch.size() == 1) {
      record(batch, report.errno(), batch.getFirst().index());
      return false;
    }
    record(batch, report.errno(), -1);
    List<ForwardedCommand> rest = batch.subList(call.certainlyIssued(report), batch.size());
    return inParts(rest, report.entryNum() - call.certainlyIssued(report), retries);
  }

  /**
   * Issues commands of which the host refuses one, in parts, so that this one is issued in a batch
   * of its own in the end.
   *
   * @param reported index within these commands at which the kernel reported the failure; 0 when it
   *     reported only the block
   */
  private boolean inParts(List<ForwardedCommand> commands, int reported, int retries) {
    if (commands.size() == 1) {
      return issue(commands, retries);
    }
    int half = Math.min(commands.size(), InvalidationReport.BLOCK_ENTRIES + 1) / 2;
    int cut = reported > 0 ? reported : half;
    return issue(commands.subList(0, cut), retries)
        && issue(commands.subList(cut, commands.size()), retries);
  }

  /**
   * Invalidates the CDs of a stream.
   *
   * @param entry index within the slice of the guest's command that caused it, or -1
   * @return whether the host carried it out
   */
  boolean invalidateContextDescriptors(int streamId, int entry) {
    CommandEntry command = cfgiCdAll(streamId);
    InvalidationBatch batch = InvalidationBatch.of(command.word0(), command.word1());
    for (int retries = RETRIES; ; retries--) {
      InvalidationReport report = log.call(() -> call.issue(context, log.kernelId(viommu), batch));
      boolean again = !report.isComplete() && !showsCulprit(report, 1) && retries > 0;
      int failed = report.isComplete() || again ? -1 : Math.max(entry, 0);
      log.recordInvalidation(viommu, streamId, -1, 1, report.errno(), failed);
      if (!again) {
        return report.isComplete();
      }
    }
  }

  /** Whether the report says that one of the batch's commands failed. */
  private static boolean showsCulprit(InvalidationReport report, int entries) {
    return report.entryNum() >= 0 && report.entryNum() < entries;
  }

  /**
   * Issues the batch again after an error that concerns no single command, for example ENOMEM; no
   * command of it is known to be issued.
   */
  private boolean retry(List<ForwardedCommand> batch, InvalidationReport report, int retries) {
    if (retries > 0) {
      record(batch, report.errno(), -1);
      return issue(batch, retries - 1);
    }
    record(batch, report.errno(), batch.getFirst().index());
    return false;
  }

  private InvalidationReport send(List<ForwardedCommand> batch) {
    long[] words = new long[batch.size() * 2];
    int at = 0;
    for (ForwardedCommand command : batch) {
      words[at++] = command.entry().word0();
      words[at++] = command.entry().word1();
    }
    InvalidationBatch commands = InvalidationBatch.of(words);
    return log.call(() -> call.issue(context, log.kernelId(viommu), commands));
  }

  private void record(List<ForwardedCommand> batch, Optional<Errno> errno, int failedEntry) {
    log.recordInvalidation(viommu, -1, batch.getFirst().index(), batch.size(), errno, failedEntry);
  }
}
