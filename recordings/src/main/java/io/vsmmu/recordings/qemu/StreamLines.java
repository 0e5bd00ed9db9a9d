package io.vsmmu.recordings.qemu;

import io.vsmmu.recordings.qemu.TraceAssembler.Placement;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Knowledge;
import io.vsmmu.smmu.stimulus.SteReading;
import io.vsmmu.smmu.stimulus.Stimulus;
import org.jspecify.annotations.Nullable;

/** Places the lines that tell of one stream: what was installed for it, what was translated. */
final class StreamLines {

  private final Tracks tracks;

  StreamLines(Tracks tracks) {
    this.tracks = tracks;
  }

  /** A line about a stream that tells nothing further. */
  Placement stream(TraceLine.StreamNote line) {
    return placed(tracks.only(t -> concerns(t, line.streamId())));
  }

  /** A look-up in a Stream table. */
  Placement table(TraceLine.TableNote line) {
    return placed(tracks.only(t -> hasTable(t, line.strtabBase())));
  }

  /** A line that names nothing: it goes with the only access under way. */
  Placement note() {
    return placed(tracks.only(t -> !t.idle()));
  }

  private Placement placed(@Nullable SmmuTrack track) {
    if (tracks.all().isEmpty()) {
      return Placement.KEPT;
    }
    return track != null || tracks.single() ? Placement.ATTRIBUTED : Placement.UNATTRIBUTED;
  }

  private static boolean concerns(SmmuTrack track, int streamId) {
    return track.knowsStream(streamId) || reads(track, streamId);
  }

  private static boolean hasTable(SmmuTrack track, long strtabBase) {
    Long base = track.registers().value(Register.STRTAB_BASE);
    return base != null && base == strtabBase;
  }

  Placement install(TraceLine.InstallSte line) {
    SmmuTrack track = tracks.only(t -> reads(t, line.streamId()));
    CommandAssembly command = SmmuTrack.commandOf(track);
    if (track != null && command != null) {
      command.install(line);
      track.stream(line.streamId());
      return Placement.ATTRIBUTED;
    }
    SmmuTrack known = tracks.only(t -> t.knowsStream(line.streamId()));
    OpenAccess open = known == null ? null : known.access();
    if (open != null && line.type() == TraceLine.SteType.BYPASS) {
      open.reading(line.streamId(), told(line.streamId(), 0x9, 0, Knowledge.CONFIGURATION_ONLY));
    } else if (open != null && line.type() == TraceLine.SteType.ABORT) {
      open.reading(line.streamId(), told(line.streamId(), 0x1, 0, Knowledge.CONFIGURATION_ONLY));
    }
    return placed(known);
  }

  Placement translate(TraceLine.TranslateSte line) {
    SmmuTrack track = tracks.only(t -> reads(t, line.streamId()));
    CommandAssembly command = SmmuTrack.commandOf(track);
    if (command != null) {
      command.translate(line);
      return Placement.ATTRIBUTED;
    }
    SmmuTrack known = tracks.only(t -> t.knowsStream(line.streamId()));
    OpenAccess open = known == null ? null : known.access();
    if (open != null) {
      open.reading(
          line.streamId(), told(line.streamId(), line.word0(), line.word1(), Knowledge.HOST_WORDS));
    }
    return placed(known);
  }

  private static SteReading told(int streamId, long word0, long word1, Knowledge knowledge) {
    return new SteReading(
        streamId, SteReading.Outcome.READ, StreamTableEntry.ofTwoWords(word0, word1), knowledge);
  }

  private static boolean reads(SmmuTrack track, int streamId) {
    CommandAssembly command = SmmuTrack.commandOf(track);
    return command != null && command.readsSte(streamId);
  }

  Placement translated(TraceLine.Translated line) {
    SmmuTrack known = tracks.only(t -> t.knowsStream(line.streamId()));
    SmmuTrack track = known == null && tracks.single() ? tracks.first() : known;
    if (track == null) {
      return Placement.UNATTRIBUTED;
    }
    track.output().translation();
    if (track.translationChanged(line.streamId(), line.stage())) {
      track
          .output()
          .emit(
              new Stimulus.ObserveTranslation(
                  line.streamId(), line.stage(), line.iova(), line.translated()));
    }
    return Placement.ATTRIBUTED;
  }
}
