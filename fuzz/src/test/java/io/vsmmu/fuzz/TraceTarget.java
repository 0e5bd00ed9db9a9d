package io.vsmmu.fuzz;

import io.vsmmu.recordings.qemu.QemuTraceImporter;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A QEMU trace, read by the whole importer. No content makes an import fail; the stimuli of each
 * vSMMU begin with its creation and end with the end of the recording; each of them is decided on,
 * and none of a guest is refused.
 */
final class TraceTarget implements FuzzTarget {

  private static final String SAMPLE = "/samples/qemu-11.1.3-accel-e1000e.trace.log";
  private static final int LINES_OF_A_SEED = 24;

  @Override
  public void take(byte[] bytes) throws IOException {
    Map<Integer, VsmmuState> states = new HashMap<>();
    Map<Integer, Stimulus> last = new HashMap<>();
    QemuTraceImporter.read(
        new ByteArrayInputStream(bytes),
        (vsmmu, stimulus, line, time) -> {
          VsmmuState before = states.getOrDefault(vsmmu, VsmmuState.ABSENT);
          Finding.unless(
              (before == VsmmuState.ABSENT) == stimulus instanceof Stimulus.Create,
              "%s in the place of another stimulus",
              stimulus);
          Finding.unless(
              !(last.get(vsmmu) instanceof Stimulus.FinishRecording), "%s after the end", stimulus);
          last.put(vsmmu, stimulus);
          states.put(vsmmu, decided(before, stimulus));
        });
    last.forEach(
        (vsmmu, stimulus) ->
            Finding.unless(
                stimulus instanceof Stimulus.FinishRecording, "%s is the last one", stimulus));
  }

  private static VsmmuState decided(VsmmuState before, Stimulus stimulus) {
    return switch (Vsmmu.decide(before, stimulus)) {
      case Decision.Accepted accepted -> accepted.after();
      case Decision.Refused refused -> {
        Finding.unless(
            !(stimulus instanceof Stimulus.WriteRegister)
                && !(stimulus instanceof Stimulus.ConsumeCommands),
            "%s is refused: %s",
            stimulus,
            refused);
        yield before;
      }
    };
  }

  @Override
  public List<byte[]> seeds() {
    List<String> lines = Resources.text(SAMPLE).lines().toList();
    List<byte[]> seeds = new ArrayList<>();
    for (int at = 0; at < lines.size() && seeds.size() < 40; at += LINES_OF_A_SEED) {
      List<String> some = lines.subList(at, Math.min(lines.size(), at + LINES_OF_A_SEED));
      byte[] seed = (String.join("\n", some) + "\n").getBytes(StandardCharsets.UTF_8);
      if (seed.length <= FuzzLimits.INPUT_BYTES) {
        seeds.add(seed);
      }
    }
    return seeds;
  }

  @Override
  public List<String> words() {
    return Resources.words(Resources.text(SAMPLE));
  }
}
