package io.vsmmu.rest.replay;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.replay.Divergence;
import io.vsmmu.control.replay.Replay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.control.replay.ReplayRequest;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

@Schema(name = "Replay")
record ReplayResource(
    String id,
    @Schema(description = "RUNNING, DONE, FAILED or STOPPED") String status,
    @Schema(description = "Id of the vSMMU") String vsmmu,
    @Schema(description = "events or commands") String mode,
    boolean verify,
    @Schema(description = "How much of it is done, 0 to 1") double progress,
    @Schema(description = "Events replayed so far") long events,
    @Schema(description = "Operations that the host was asked for; 0 until it is done")
        long hostOperations,
    @Schema(description = "The first ones, at most 100") List<DivergenceResource> divergences,
    @Schema(description = "How many there are in all") long diverged,
    @Nullable @Schema(description = "Why it failed") String failure) {

  @Schema(name = "Divergence")
  record DivergenceResource(
      @Schema(description = "Position of the recorded event") @Nullable Long position,
      @Schema(description = "What the log holds") String recorded,
      @Schema(description = "The outcome of the replay") String produced) {}

  /**
   * @param total the number of events to replay
   * @param positions gives the position of a sequence
   */
  static ReplayResource of(
      Replay replay, String vsmmu, long total, LongFunction<OptionalLong> positions) {
    ReplayRequest request = replay.request();
    ReplayReport report = replay.report();
    boolean over = replay.status() != Replay.Status.RUNNING;
    return new ReplayResource(
        replay.id().toString(),
        replay.status().name(),
        vsmmu,
        request.mode().name().toLowerCase(Locale.ROOT),
        request.verify(),
        over || total == 0 ? 1.0 : Math.min(1.0, (double) replay.events() / total),
        replay.events(),
        report == null ? 0 : report.hostOperations(),
        report == null
            ? List.of()
            : report.divergences().stream().map(it -> divergence(it, positions)).toList(),
        report == null ? 0 : report.diverged(),
        replay.failure().isEmpty() ? null : replay.failure());
  }

  private static DivergenceResource divergence(
      Divergence it, LongFunction<OptionalLong> positions) {
    OptionalLong position = positions.apply(it.sequence());
    return new DivergenceResource(
        position.isPresent() ? (Long) position.getAsLong() : null, it.recorded(), it.produced());
  }
}
