package io.vsmmu.control.recording;

import io.vsmmu.control.offline.OfflineVsmmu;
import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.write.LogWriter;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Imports one vSMMU of a recording: decides its stimuli, applies the events to a simulated host and
 * appends them to the log. For one thread.
 */
final class ImportedVsmmu implements AutoCloseable {

  private final RegisteredVsmmu registered;
  private final BulkLogWriter log;
  private final SimulatedReplayHost host = new SimulatedReplayHost();
  private final OfflineVsmmu run = new OfflineVsmmu(host.objects(), this::write);
  private long timeMicros;
  private final ImportRun progress;
  private int resets;

  ImportedVsmmu(RegisteredVsmmu registered, LogWriter writer, ImportRun progress) {
    this.progress = progress;
    this.registered = registered;
    this.log = new BulkLogWriter(writer, registered.id());
    this.timeMicros = registered.originMicros();
  }

  RegisteredVsmmu registered() {
    return registered;
  }

  VsmmuState state() {
    return run.state();
  }

  long events() {
    return log.events();
  }

  /** How often the guest booted: one more than the VMM reset it. */
  int boots() {
    return resets + 1;
  }

  /**
   * Decides the next stimulus.
   *
   * @param micros its time in microseconds since 1970; an earlier time than the last one counts as
   *     the last one
   * @return the refusal, if the stimulus makes no sense in the present state
   */
  Optional<Problem> accept(Stimulus stimulus, long micros) {
    timeMicros = Math.max(timeMicros, micros);
    host.prepare(stimulus);
    resets += stimulus instanceof Stimulus.Reset ? 1 : 0;
    if (stimulus instanceof Stimulus.ConsumeCommands slice) {
      progress.stored(slice.entries().size(), 0);
    }
    return run.submit(stimulus);
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
    progress.stored(0, 1);
  }

  @Override
  public void close() {
    host.close();
  }
}
