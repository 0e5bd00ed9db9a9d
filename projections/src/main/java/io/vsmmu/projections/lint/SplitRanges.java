package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds consecutive range invalidations whose border is within a group of descriptors that may have
 * the Contiguous bit, and so may be one TLB entry. Linux splits a range into parts of growing size
 * (arm-smmu-v3.c, arm_smmu_cmdq_batch_add_range), so that the second part of an odd number of pages
 * begins in the middle of a group. Each part alone covers a piece of the entry; an MMU-700 is
 * reported to keep such an entry. The log contains no translation tables, so whether there is such
 * a group is not known; and nothing is reported where the host's SMMU is known to be another one.
 */
final class SplitRanges implements CommandChecker {

  /** Bytes of a group of contiguous descriptors of the last level, by TG (Arm DDI 0487, D8.7). */
  private static final long[] GROUP_BYTES = {0, 16 << 12, 128 << 14, 32 << 16};

  private static final Bits IMPLEMENTER = Bits.field("Implementer", 11, 0);
  private static final Bits PRODUCT_ID = Bits.field("ProductID", 31, 20);
  private static final long ARM = 0x43b;
  private static final long MMU_700 = 0x487;

  /** The last range invalidation, with the ones before it that it continues. */
  private record Run(int asid, int tg, long first, long last, boolean single, long position) {}

  private final FindingReport.Builder findings;
  @JsonProperty private @Nullable Run run;

  SplitRanges(FindingReport.Builder findings) {
    this.findings = findings;
  }

  /** None but the end of the log: commands are all that it examines. */
  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(VsmmuDeleted.class);
  }

  @Override
  public void commands(ObservedEvent step, ObservedCommands commands) {
    if (!commands.hasGranule() || !step.before().ids().rangeInvalidation()) {
      run = commands.size() == 0 ? run : null;
      return;
    }
    for (int i = 0; i < commands.size(); i++) {
      if (commands.opcode(i) == CommandOpcode.TLBI_NH_VA.code()) {
        command(step, commands.at(i));
      } else {
        run = null;
      }
    }
  }

  private void command(ObservedEvent step, ObservedCommand command) {
    if (command.complete()
        && command.command() instanceof TlbInvalidation.Va va
        && va.range().tg() != 0) {
      next(step, va);
    } else {
      run = null;
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {}

  private void next(ObservedEvent step, TlbInvalidation.Va command) {
    InvalidationRange range = command.range();
    AddressRange covered = range.covered(true);
    boolean single = range.num() == 0 && range.scale() == 0;
    Run before = run;
    boolean continues =
        before != null
            && before.asid() == command.asid()
            && before.tg() == range.tg()
            && before.last() + 1 == covered.first()
            && covered.first() != 0;
    if (before != null
        && continues
        && !(single && before.single())
        && ObservedCommand.ofLastLevel(range)
        && splits(before, covered)
        && mayBeMmu700(step.before())) {
      report(step, before, covered);
    }
    run =
        new Run(
            command.asid(),
            range.tg(),
            before != null && continues ? before.first() : covered.first(),
            covered.last(),
            single,
            step.position());
  }

  /** Whether a group of contiguous entries is within both ranges together, and in neither alone. */
  private static boolean splits(Run before, AddressRange next) {
    long bytes = GROUP_BYTES[before.tg()];
    long start = next.first() & -bytes;
    return start != next.first()
        && Long.compareUnsigned(before.first(), start) <= 0
        && Long.compareUnsigned(start + bytes - 1, next.last()) <= 0;
  }

  /** Whether the SMMU of a device is an MMU-700, or none is known. */
  private static boolean mayBeMmu700(VsmmuState state) {
    boolean known = false;
    for (DeviceState device : state.devices().values()) {
      long iidr = device.device().hostIds().value(Register.IIDR);
      if (IMPLEMENTER.get(iidr) == ARM && PRODUCT_ID.get(iidr) == MMU_700) {
        return true;
      }
      known |= iidr != 0;
    }
    return !known;
  }

  private void report(ObservedEvent step, Run before, AddressRange next) {
    findings.occurred(
        Rule.SPLIT_RANGE_INVALIDATION,
        Severity.INFO,
        null,
        null,
        "",
        () ->
            ("Consecutive range invalidations of ASID %d meet at %s, within an aligned group of"
                    + " %d KB that may be one TLB entry with the Contiguous bit")
                .formatted(before.asid(), Hex.of(next.first()), GROUP_BYTES[before.tg()] >> 10),
        step.position(),
        List.of(before.position(), step.position()));
  }
}
