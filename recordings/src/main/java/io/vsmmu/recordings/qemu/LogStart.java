package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the log of a vSMMU starts: with its reset, with the probe of the guest's driver, or later,
 * when registers hold what was written before the recording began.
 */
final class LogStart {

  /** Registers that a driver writes once, when it sets its SMMU up. */
  private static final Set<Register> SET_UP =
      EnumSet.of(
          Register.CR0,
          Register.CR1,
          Register.CR2,
          Register.STRTAB_BASE,
          Register.STRTAB_BASE_CFG,
          Register.CMDQ_BASE,
          Register.EVENTQ_BASE,
          Register.IRQ_CTRL);

  private boolean begun;
  private boolean late;
  private boolean identified;
  private final Set<Register> untold = EnumSet.noneOf(Register.class);

  /** The VMM reset the vSMMU: from here on everything is told. */
  void reset() {
    if (!begun) {
      begun = true;
    }
    untold.clear();
  }

  void read(int offset) {
    boolean id = RegisterKnowledge.isId(offset);
    begin(id);
    identified |= id;
  }

  void write(int offset) {
    begin(false);
    Register.at(offset, 4).ifPresent(access -> untold.remove(access.register()));
  }

  void access(TraceItem.Access access) {
    begin(false);
    TraceLine.WriteRegister line = access.write();
    if (line != null) {
      write(line.offset());
    }
    if (access.table() != TraceLine.NONE) {
      untold.remove(Register.STRTAB_BASE);
    }
  }

  private void begin(boolean withProbe) {
    if (!begun) {
      begun = true;
      late = !withProbe;
      if (late) {
        untold.addAll(SET_UP);
      }
    }
  }

  /** What a late start leaves untold; empty if the log starts with a reset or a probe. */
  Optional<String> lack() {
    if (!late) {
      return Optional.empty();
    }
    String registers =
        (untold.isEmpty() ? "some registers until the reset" : "")
            + untold.stream().map(Register::name).collect(Collectors.joining(", "))
            + (identified ? "" : " and the identification registers");
    return Optional.of(
        "it starts late, when the guest's driver had set the SMMU up; not told: " + registers);
  }
}
