package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The vSMMUs of a recording, and which of them a register access is of. QEMU does not print an
 * instance's name: a line belongs to the only vSMMU that it does not contradict. Of several, it
 * belongs to the only one that has an access or, for registers that only an initialisation touches,
 * an initialisation under way. Otherwise it is not attributed.
 */
final class Tracks {

  private final List<SmmuTrack> all = new ArrayList<>();
  private final Supplier<SmmuTrack> starter;

  Tracks(Supplier<SmmuTrack> starter) {
    this.starter = starter;
  }

  List<SmmuTrack> all() {
    return all;
  }

  boolean single() {
    return all.size() == 1;
  }

  /** The first vSMMU of the recording, null before there is one. */
  @Nullable SmmuTrack first() {
    return all.isEmpty() ? null : all.getFirst();
  }

  /** The only vSMMU that {@code fits}, null if none or several do. */
  @Nullable SmmuTrack only(Predicate<SmmuTrack> fits) {
    SmmuTrack found = null;
    for (SmmuTrack track : all) {
      if (fits.test(track)) {
        if (found != null) {
          return null;
        }
        found = track;
      }
    }
    return found;
  }

  boolean any(Predicate<SmmuTrack> fits) {
    return all.stream().anyMatch(fits);
  }

  /** A vSMMU met in the middle of its life; null if there are too many already. */
  @Nullable SmmuTrack join() {
    if (all.size() >= TraceLimits.VSMMUS) {
      return null;
    }
    SmmuTrack track = starter.get();
    all.add(track);
    return track;
  }

  /** The vSMMU of a read of an identification register. */
  @Nullable SmmuTrack ofIdRead(TraceLine.ReadRegister read) {
    int offset = read.offset();
    long value = read.value();
    Predicate<SmmuTrack> inProbe = t -> t.probeFits(offset, value);
    if (any(inProbe)) {
      return only(inProbe);
    }
    if (offset != Register.IDR0.offset() && !all.isEmpty()) {
      return only(t -> t.readFits(read));
    }
    Predicate<SmmuTrack> restarts =
        t ->
            t.phase() == SmmuTrack.Phase.RUNNING
                && t.idle()
                && !t.registers().smmuCertainly(true)
                && t.registers().idFits(offset, value);
    if (any(restarts)) {
      return only(restarts);
    }
    SmmuTrack started = join();
    if (started != null) {
      started.fresh();
    }
    return started;
  }

  /** The vSMMU of a read of any other register. */
  @Nullable SmmuTrack ofRead(TraceLine.ReadRegister read) {
    if (read.offset() == Register.CR0.offset() && read.value() != 0) {
      absorbMistakenProbe(read);
    }
    Predicate<SmmuTrack> fits = t -> t.readFits(read);
    SmmuTrack track = only(fits);
    return track != null || !initialisation(read.offset())
        ? track
        : only(t -> fits.test(t) && initialising(t));
  }

  /**
   * A guest that probes an SMMU which is still enabled (a crash kernel) looks like the start of a
   * new vSMMU until it reads CR0.
   */
  private void absorbMistakenProbe(TraceLine.ReadRegister read) {
    SmmuTrack probed =
        only(
            t ->
                t.phase() == SmmuTrack.Phase.PROBING && !t.output().created() && !t.readFits(read));
    if (probed == null) {
      return;
    }
    SmmuTrack meant =
        only(t -> t != probed && t.readFits(read) && t.registers().sameIds(probed.registers()));
    if (meant != null) {
      all.remove(probed);
      meant.continueProbeOf(probed);
    }
  }

  /** The vSMMU of a register write; those it may have been to take note if that is not known. */
  @Nullable SmmuTrack ofWrite(TraceLine.WriteRegister write) {
    Predicate<SmmuTrack> fits = t -> t.writeFits(write);
    SmmuTrack track = only(fits);
    if (track != null || !any(fits)) {
      return track;
    }
    track = only(t -> fits.test(t) && !t.idle());
    if (track == null && initialisation(write.offset())) {
      track = only(t -> fits.test(t) && initialising(t));
    }
    if (track == null) {
      all.stream().filter(fits).forEach(t -> t.maybeWritten(write));
    }
    return track;
  }

  private static boolean initialising(SmmuTrack track) {
    return track.phase() != SmmuTrack.Phase.RUNNING;
  }

  /** Whether a driver touches the register only when it sets the SMMU up or shuts it down. */
  private static boolean initialisation(int offset) {
    return Register.at(offset, 4)
        .map(
            access ->
                switch (access.register()) {
                  case CMDQ_PROD, CMDQ_CONS, EVENTQ_PROD, EVENTQ_CONS, PRIQ_PROD, PRIQ_CONS ->
                      false;
                  case GERROR, GERRORN, STATUSR -> false;
                  default -> true;
                })
        .orElse(false);
  }
}
