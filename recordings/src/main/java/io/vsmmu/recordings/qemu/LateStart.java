package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether the recording of a vSMMU starts with its reset or with the probe of the guest's driver,
 * or starts late: then registers hold values that were written before the recording, and the log
 * names the registers whose values are unknown.
 */
final class LateStart {

  /** Registers that a driver writes once, when it initialises its SMMU (IHI 0070 6.3). */
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
  private final Set<Register> unknown = EnumSet.noneOf(Register.class);

  /** The VMM reset the vSMMU: from here on every register's value is known. */
  void reset() {
    begun = true;
    unknown.clear();
  }

  void read(int offset) {
    boolean id = TracedRegisters.isId(offset);
    begin(id);
    identified |= id;
  }

  void write(int offset) {
    begin(false);
    Register.at(offset, 4).ifPresent(access -> unknown.remove(access.register()));
  }

  void access(TraceItem.Access access) {
    begin(false);
    TraceLine.MmioWrite line = access.write();
    if (line != null) {
      write(line.offset());
    }
    if (access.table() != TraceLine.NONE) {
      unknown.remove(Register.STRTAB_BASE);
    }
  }

  private void begin(boolean withProbe) {
    if (!begun) {
      begun = true;
      late = !withProbe;
      if (late) {
        unknown.addAll(SET_UP);
      }
    }
  }

  /**
   * A sentence that names the registers that a late start leaves unknown; empty if the log starts
   * with a reset or a probe.
   */
  Optional<String> lack() {
    if (!late) {
      return Optional.empty();
    }
    String registers =
        (unknown.isEmpty() ? "some registers until the reset" : "")
            + unknown.stream().map(Register::name).collect(Collectors.joining(", "))
            + (identified ? "" : " and the identification registers");
    return Optional.of(
        "it starts late, when the guest's driver had set the SMMU up; unknown: " + registers);
  }
}
