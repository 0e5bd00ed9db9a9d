package io.vsmmu.control.recording;

import io.vsmmu.control.offline.OfflineVsmmu;
import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.write.BulkAppender;
import io.vsmmu.db.write.LogWriter;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Imports one vSMMU of a recording: decides its stimuli, applies the events to a simulated host and
 * appends them to the log. For one thread at a time, but for its row of the registry, which belongs
 * to the thread that reads the recording.
 */
final class ImportedVsmmu implements AutoCloseable {

  private RegisteredVsmmu registered;
  private final BulkAppender log;
  private final SimulatedReplayHost host = new SimulatedReplayHost();
  private final OfflineVsmmu run = new OfflineVsmmu(host.objects(), this::write);
  private long timeMicros;
  private long commands;
  private long reportedCommands;
  private long reportedEvents;

  ImportedVsmmu(RegisteredVsmmu registered, LogWriter writer) {
    this.registered = registered;
    this.log = writer.bulk(registered.id());
    this.timeMicros = registered.originMicros();
  }

  RegisteredVsmmu registered() {
    return registered;
  }

  void registeredAs(RegisteredVsmmu renamed) {
    registered = renamed;
  }

  VsmmuState state() {
    return run.state();
  }

  long events() {
    return log.events();
  }

  /**
   * Decides the next stimulus. One that makes no sense in the present state is kept as text, with
   * the reason.
   *
   * @param line number of its line in the recording
   * @param micros its time in microseconds since 1970; an earlier time than the last one counts as
   *     the last one
   */
  void accept(Stimulus stimulus, long line, long micros) {
    Optional<Problem> refused = accept(stimulus, micros);
    if (refused.isPresent()) {
      String text = "refused: " + refused.get().refusal();
      accept(new Stimulus.KeepLines(line, List.of(text)), micros);
    }
  }

  private Optional<Problem> accept(Stimulus stimulus, long micros) {
    timeMicros = Math.max(timeMicros, micros);
    host.prepare(stimulus);
    if (stimulus instanceof Stimulus.ConsumeCommands slice) {
      commands += slice.entries().size();
    }
    return run.submit(stimulus);
  }

  /** Adds to the progress what was decided since the last call. */
  void report(ImportRun progress) {
    progress.stored(commands - reportedCommands, log.events() - reportedEvents);
    reportedCommands = commands;
    reportedEvents = log.events();
  }

  void finish() {
    log.finish();
  }

  private void write(long sequence, OptionalLong cause, VsmmuEvent event) {
    Long causing = cause.isPresent() ? (Long) cause.getAsLong() : null;
    log.add(
        new NewEvent(
            sequence,
            timeMicros,
            EventCodec.typeOf(event),
            causing,
            null,
            EventCodec.encode(event)));
  }

  @Override
  public void close() {
    host.close();
  }
}
