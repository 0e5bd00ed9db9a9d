package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/**
 * A guest wrote to the register frame.
 *
 * @param verdict whether the write took effect, or why not
 * @param changes the new values of registers, in the order in which they change
 */
public record RegisterWritten(
    int offset,
    int width,
    long value,
    List<SteFetch> fetches,
    Verdict verdict,
    List<Change> changes)
    implements StimulusEvent {

  public record Change(Register register, long value) {}

  /** Whether a write took effect, and if not, why. */
  public enum Verdict {
    /** It did, as far as the register's fields are writable. */
    TAKEN,
    /** There is no register at the offset, or not of this width. */
    NO_REGISTER,
    READ_ONLY,
    /** IHI 0070 locks the register while what it configures is enabled. */
    LOCKED,
    /** A write of GBPA without GBPA.UPDATE, which is ignored (IHI 0070, 6.3.14). */
    UPDATE_NOT_SET,
    /** The register belongs to a feature that the ID registers do not show. */
    NOT_IMPLEMENTED
  }

  public RegisterWritten {
    fetches = List.copyOf(fetches);
    changes = List.copyOf(changes);
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.WriteRegister(offset, width, value, fetches);
  }
}
