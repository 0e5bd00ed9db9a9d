package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/**
 * Lines of a recording, kept unchanged.
 *
 * @param unattributed see {@link Stimulus.KeepLines#unattributed()}
 */
public record LinesKept(long firstLine, List<String> lines, boolean unattributed)
    implements StimulusEvent {

  public LinesKept {
    lines = List.copyOf(lines);
  }

  /** Lines whose meaning the model does not know. */
  public LinesKept(long firstLine, List<String> lines) {
    this(firstLine, lines, false);
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.KeepLines(firstLine, lines, unattributed);
  }
}
