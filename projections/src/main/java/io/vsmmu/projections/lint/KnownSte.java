package io.vsmmu.projections.lint;

import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;
import java.util.Optional;

/** The STE of a stream, where the log contains the fields that the host gets. */
final class KnownSte {

  private KnownSte() {}

  /** Empty for a stream without a valid STE, and for one whose STE a recording does not contain. */
  static Optional<StreamTableEntry> of(VsmmuState state, int sid) {
    return state.stream(sid).filter(KnownSte::isKnown).map(StreamState::ste);
  }

  private static boolean isKnown(StreamState stream) {
    boolean known =
        stream.completeness() == Completeness.FULL
            || stream.completeness() == Completeness.HOST_WORDS;
    return known && stream.ste().valid();
  }
}
