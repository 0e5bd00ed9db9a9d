package io.vsmmu.debugger.cause;

import io.vsmmu.smmu.model.StreamState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the log has about an address of a guest's device at a position.
 *
 * @param position of the vSMMU's event up to which it holds
 * @param streams the streams that are asked for, or that are translated at the position
 * @param omitted number of translated streams that are left out
 * @param tlb the last TLB invalidation that covered the address; null if there is none
 * @param atc the last CMD_ATC_INV that covered the address; null if there is none
 * @param translation the last translation of its page that a recording shows; null for none
 * @param faultsBefore the last faults on its page, newest first
 * @param faultsAfter the next faults on its page, oldest first
 * @param notes what the log does not record, in sentences
 */
public record AddressAnswer(
    long position,
    List<StreamAtPosition> streams,
    int omitted,
    @Nullable Invalidation tlb,
    @Nullable Invalidation atc,
    @Nullable Translation translation,
    List<Fault> faultsBefore,
    List<Fault> faultsAfter,
    List<String> notes) {

  public AddressAnswer {
    streams = List.copyOf(streams);
    faultsBefore = List.copyOf(faultsBefore);
    faultsAfter = List.copyOf(faultsAfter);
    notes = List.copyOf(notes);
  }

  /**
   * A stream at the position.
   *
   * @param since position of the event that configured it last; null if it is not in the log
   * @param context the last command that made the SMMU read its context descriptors again
   */
  public record StreamAtPosition(
      StreamState state, @Nullable Long since, @Nullable Command context) {}

  /**
   * A command of the guest.
   *
   * @param entry index within its slice
   */
  public record Command(long position, Instant time, int entry, String text) {}

  /**
   * An invalidation.
   *
   * @param sync the first CMD_SYNC behind it; null if none follows up to the position, so that it
   *     may not be complete
   */
  public record Invalidation(Command command, @Nullable Command sync) {}

  /** A translation that a recording shows. */
  public record Translation(
      long position, Instant time, int streamId, int stage, long iova, long translated) {}

  /** A fault that the host reported. */
  public record Fault(long position, Instant time, int streamId, String text) {}
}
