package io.vsmmu.projections.query;

import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.spec.CommandEntry;
import java.time.Instant;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * One invalidation command of the guest.
 *
 * @param position of the event with the slice of commands
 * @param sequence of that event
 * @param time of that event
 * @param entry index of the command within the slice
 * @param known mask of the bits of {@code command} that are known
 * @param forwarded whether it was passed to the host
 */
public record InvalidationItem(
    long position,
    long sequence,
    Instant time,
    int entry,
    CommandEntry command,
    CommandEntry known,
    boolean forwarded) {

  /** The command's name and fields, see {@link CommandView}. */
  public SequencedMap<String, @Nullable Object> data() {
    return CommandView.of(entry, command, known);
  }
}
