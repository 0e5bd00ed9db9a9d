package io.vsmmu.rest.recording;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.recording.ImportProgress;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

@Schema(name = "Import", description = "The progress of an import, or its outcome")
record ImportResource(
    String id,
    @Schema(description = "qemu-trace or vsmmu") String format,
    @Nullable @Schema(description = "Name of the recording's file, if it was given") String file,
    Instant started,
    @Schema(description = "RUNNING, DONE, REFUSED, STOPPED or FAILED") String status,
    @Schema(
            description =
                "RECEIVING: the body is received; CHECKING: an export is read and checked, a"
                    + " compressed trace is decompressed; STORING: it is read and written into the"
                    + " log")
        String phase,
    @Schema(description = "Bytes of the file that were received, checked or stored, by phase")
        long bytes,
    @Nullable @Schema(description = "All bytes of the file; null where the sender does not say")
        Long ofBytes,
    @Schema(description = "Lines of a trace, or records of an export, in this phase") long lines,
    @Schema(description = "Commands handed to the log; 0 for an export") long commands,
    @Schema(description = "Events handed to the log") long events,
    @Schema(description = "Names of its vSMMUs, which are seen once it is DONE")
        List<String> vsmmus,
    @Nullable @Schema(description = "When it ended; null while it runs") Instant ended,
    @Nullable @Schema(description = "Why it was refused, stopped or failed; null otherwise")
        String failure) {

  @Schema(name = "Imports", description = "Imports under way, and the newest ones that ended")
  record Imports(List<ImportResource> items) {}

  static ImportResource of(ImportProgress it) {
    return new ImportResource(
        it.id().toString(),
        it.format().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        it.file(),
        it.started(),
        it.status().name(),
        it.phase().name(),
        it.bytes(),
        it.ofBytes() < 0 ? null : (Long) it.ofBytes(),
        it.lines(),
        it.commands(),
        it.events(),
        it.vsmmus(),
        it.ended(),
        it.message().isEmpty() ? null : it.message());
  }
}
