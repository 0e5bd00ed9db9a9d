package io.vsmmu.control.recording;

import io.vsmmu.control.run.LogHost;
import io.vsmmu.control.run.OfflineRun;
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
 * One vSMMU of a recording on its way into the log: decided, applied to a simulated host, written.
 */
final class ImportedVsmmu implements AutoCloseable {

  private final RegisteredVsmmu registered;
  private final BulkLog log;
  private final LogHost host = new LogHost();
  private final OfflineRun run = new OfflineRun(host.objects(), this::write);
  private long timeMicros;
  private final ImportRun progress;
  private int resets;

  ImportedVsmmu(RegisteredVsmmu registered, LogWriter writer, ImportRun progress) {
    this.progress = progress;
    this.registered = registered;
    this.log = new BulkLog(writer, registered.id());
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

  /** Boots of the guest: one more than resets by the VMM. */
  int boots() {
    return resets + 1;
  }

  /**
   * Takes the next stimulus.
   *
   * @param micros when it happened; a recording's times never go back
   */
  Optional<Problem> accept(Stimulus stimulus, long micros) {
    timeMicros = Math.max(timeMicros, micros);
    host.learn(stimulus);
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
