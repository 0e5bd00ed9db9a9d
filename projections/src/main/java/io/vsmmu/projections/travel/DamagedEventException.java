package io.vsmmu.projections.travel;

import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.smmu.wire.MalformedEventException;
import java.util.OptionalLong;

/** An event that an answer needs cannot be decoded, or is missing in the log. */
public final class DamagedEventException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final long sequence;
  private final long position;
  private final long readableTo;
  private final String problem;

  private DamagedEventException(long sequence, long position, long readableTo, String problem) {
    super("sequence %d: %s".formatted(sequence, problem));
    this.sequence = sequence;
    this.position = position;
    this.readableTo = readableTo;
    this.problem = problem;
  }

  static DamagedEventException undecodable(StoredEvent event, MalformedEventException why) {
    return new DamagedEventException(
        event.sequence(), event.position(), 0, "it cannot be decoded: " + why.getMessage());
  }

  /**
   * An event that is missing.
   *
   * @param sequence of the event
   * @param readableTo position of the last event in front of it; 0 if none was read
   */
  public static DamagedEventException missing(long sequence, long readableTo) {
    return new DamagedEventException(
        sequence, 0, readableTo, "the log does not contain the event with this sequence");
  }

  /** The same with the position of the last event in front of it. */
  DamagedEventException readableTo(long last) {
    return new DamagedEventException(sequence, position, last, problem);
  }

  /** Sequence of the event in the log of its vSMMU. */
  public long sequence() {
    return sequence;
  }

  /** Its position; empty if it is missing. */
  public OptionalLong position() {
    return position == 0 ? OptionalLong.empty() : OptionalLong.of(position);
  }

  /** Position of the last event in front of it, if that is known. */
  public OptionalLong readableTo() {
    return readableTo == 0 ? OptionalLong.empty() : OptionalLong.of(readableTo);
  }

  /** What is wrong with it. */
  public String problem() {
    return problem;
  }
}
