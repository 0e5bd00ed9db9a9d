package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/** Lines of a recording that the model knows nothing of. */
public record LinesKept(long firstLine, List<String> lines) implements StimulusEvent {

  public LinesKept {
    lines = List.copyOf(lines);
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.KeepLines(firstLine, lines);
  }
}
