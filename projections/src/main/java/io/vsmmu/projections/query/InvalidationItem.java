package io.vsmmu.projections.query;

import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.spec.CommandEntry;
import java.time.Instant;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * One invalidation command of the guest.
 *
 * @param position of the slice it came with
 * @param entry its index within the slice
 * @param known masks of its bits that are known
 * @param forwarded whether it went to the host
 */
public record InvalidationItem(
    long position,
    long sequence,
    Instant time,
    int entry,
    CommandEntry command,
    CommandEntry known,
    boolean forwarded) {

  /** Name and fields. */
  public SequencedMap<String, @Nullable Object> data() {
    return CommandView.of(entry, command, known);
  }
}
