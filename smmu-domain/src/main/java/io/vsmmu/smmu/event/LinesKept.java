package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/**
 * Lines of a recording, kept as they are.
 *
 * @param unattributed see {@link Stimulus.KeepLines#unattributed()}
 */
public record LinesKept(long firstLine, List<String> lines, boolean unattributed)
    implements StimulusEvent {

  public LinesKept {
    lines = List.copyOf(lines);
  }

  /** Lines that say nothing the model knows of. */
  public LinesKept(long firstLine, List<String> lines) {
    this(firstLine, lines, false);
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.KeepLines(firstLine, lines, unattributed);
  }
}
