package io.vsmmu.rest.recording;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.recording.RecordingResult;
import io.vsmmu.projections.view.StateView;
import io.vsmmu.recordings.qemu.ImportReport;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.VsmmuState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

@Schema(name = "Recording", description = "A recording that is in the log")
record RecordingResource(
    @Schema(description = "Name of its first vSMMU") String recording,
    List<ImportedVsmmuEntry> vsmmus,
    @Schema(description = "Lines of a trace; 0 for an export of this service") long lines,
    @Schema(
            description =
                "Lines that belong to one of several vSMMUs, and nothing tells to which one")
        long unattributed,
    @Schema(description = "Commands among them") long unattributedCommands,
    @Schema(description = "Whether every line that concerns a vSMMU is in its log")
        boolean complete,
    List<RecordingWarning> warnings) {

  @Schema(name = "ImportedVsmmu")
  record ImportedVsmmuEntry(
      String id,
      String name,
      @Schema(description = "Commands that took effect, by name", example = "{\"CMD_SYNC\": 319}")
          Map<String, @Nullable Object> commands,
      long events,
      @Schema(description = "How often a guest began, as its state says") long boots,
      @Schema(description = "Streams at the end of the recording, as in its state")
          Object streams) {}

  /** Lines of a trace that the importer did not expect. */
  @Schema(name = "RecordingWarning")
  record RecordingWarning(
      String text,
      @Schema(description = "How often") long count,
      @Schema(description = "Line of the first one") long firstLine) {

    static RecordingWarning of(ImportReport.Warning it) {
      return new RecordingWarning(it.text(), it.count(), it.firstLine());
    }
  }

  /**
   * @param positions gives the position of a sequence of a vSMMU
   */
  static RecordingResource of(
      RecordingResult.Imported imported, BiFunction<Integer, Long, @Nullable Long> positions) {
    List<ImportedVsmmuEntry> vsmmus =
        imported.vsmmus().stream().map(log -> imported(log, positions)).toList();
    return new RecordingResource(
        vsmmus.isEmpty() ? "" : vsmmus.getFirst().name(),
        vsmmus,
        imported.lines(),
        imported.unattributed(),
        imported.unattributedCommands(),
        imported.vsmmus().stream()
            .noneMatch(log -> log.end().health().status() == Health.Status.PARTIAL),
        imported.warnings().stream().map(RecordingWarning::of).toList());
  }

  private static ImportedVsmmuEntry imported(
      RecordingResult.ImportedLog log, BiFunction<Integer, Long, @Nullable Long> positions) {
    int id = log.vsmmu().id();
    return new ImportedVsmmuEntry(
        log.vsmmu().aggregateId().toString(),
        log.vsmmu().name(),
        StateView.commands(log.end()),
        log.events(),
        log.end().boots(),
        streams(log.end(), sequence -> positions.apply(id, sequence)));
  }

  private static Object streams(VsmmuState end, LongFunction<@Nullable Long> positions) {
    Object streams = StateView.of(0, Instant.EPOCH, end, positions).get("streams");
    return streams == null ? List.of() : streams;
  }
}
