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
 * @param tlb the TLB invalidations that covered the address
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
    TlbInvalidations tlb,
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
  public record Command(long position, Instant time, int entry, String text) {

    /** Whether the guest issued it after another one. */
    boolean isBehind(Command other) {
      return position == other.position ? entry > other.entry : position > other.position;
    }
  }

  /**
   * An invalidation.
   *
   * @param sync the first CMD_SYNC behind it; null if none was found up to the position
   * @param complete whether all up to the position was looked through: then without a CMD_SYNC the
   *     invalidation may not be complete
   */
  public record Invalidation(Command command, @Nullable Command sync, boolean complete) {}

  /**
   * The TLB invalidations up to the position that covered the address.
   *
   * @param own the last ones that name the address's own page, newest first
   * @param ownCount the number of all that name it
   * @param covering the last one that covered the address without naming its page: a range, an
   *     ASID, a VMID or everything; null for none
   * @param coveringCount the number of all such
   * @param complete whether the whole log up to the position was looked through; otherwise there
   *     may be more, further away
   */
  public record TlbInvalidations(
      List<Invalidation> own,
      int ownCount,
      @Nullable Invalidation covering,
      int coveringCount,
      boolean complete) {

    public TlbInvalidations {
      own = List.copyOf(own);
    }

    /** The last one of all; null for none. */
    public @Nullable Invalidation last() {
      Invalidation newest = own.isEmpty() ? null : own.getFirst();
      if (newest == null || covering == null) {
        return newest == null ? covering : newest;
      }
      return covering.command().isBehind(newest.command()) ? covering : newest;
    }
  }

  /** A translation that a recording shows. */
  public record Translation(
      long position, Instant time, int streamId, int stage, long iova, long translated) {}

  /** A fault that the host reported. */
  public record Fault(long position, Instant time, int streamId, String text) {}
}
