package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.IssuedCommand;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.posix.Errno;
import java.util.List;
import org.junit.jupiter.api.Test;

/** ERRATA_REPEAT_TLBI_CFGI (include/uapi/linux/iommufd.h). */
class ErrataTest {

  private static final String DEVICE = "0000:01:00.0";

  private static SimulatedHost host(int flags) {
    return new SimulatedHost(
        TopologyBuilder.standard()
            .changeSmmu(TopologyBuilder.SMMU0, smmu -> smmu.withIds(flagged(smmu.ids(), flags)))
            .build());
  }

  private static SmmuIds flagged(SmmuIds ids, int flags) {
    return new SmmuIds(
        ids.idr0(),
        ids.idr1(),
        ids.idr2(),
        ids.idr3(),
        ids.idr4(),
        ids.idr5(),
        ids.iidr(),
        ids.aidr(),
        flags);
  }

  private static Rig translating(SimulatedHost host) {
    return new Rig(host).attach(DEVICE).enable().installs(DEVICE, Entries.TRANSLATE);
  }

  private static List<Long> given(Rig rig) {
    return rig.issued().stream().map(IssuedCommand::guest0).toList();
  }

  @Test
  void an_smmu_that_needs_it_gets_each_batch_of_invalidations_twice() {
    Rig rig = translating(host(SmmuIds.ERRATA_REPEAT_TLBI_CFGI));
    int before = rig.issued().size();

    rig.runs(Entries.tlbiVa(0x1000), Entries.tlbiVa(0x2000), Entries.sync());

    List<Long> issued = given(rig).subList(before, rig.issued().size());
    assertThat(issued).hasSize(4);
    assertThat(issued.subList(0, 2)).isEqualTo(issued.subList(2, 4));
    assertThat(rig.operations()).hasSize(1);
  }

  @Test
  void any_other_smmu_gets_them_once() {
    Rig rig = translating(host(0));
    int before = rig.issued().size();

    rig.runs(Entries.tlbiVa(0x1000), Entries.sync());

    assertThat(rig.issued()).hasSize(before + 1);
  }

  @Test
  void an_smmu_that_does_not_tell_is_treated_as_one_that_needs_it() {
    SimulatedHost host = host(0);
    host.faults(FaultPlan.parse("hw_info:1:ENOMEM"));
    Rig rig = translating(host);
    int before = rig.issued().size();

    rig.runs(Entries.tlbiVa(0x1000), Entries.sync());

    assertThat(rig.issued()).hasSize(before + 2);
  }

  @Test
  void a_failure_of_the_second_time_is_reported_as_any_other() {
    SimulatedHost host = host(SmmuIds.ERRATA_REPEAT_TLBI_CFGI);
    Rig rig = translating(host);
    host.faults(FaultPlan.nthCall(2, Errno.EIO));

    rig.runs(Entries.tlbiVa(0x1000), Entries.sync());

    assertThat(rig.state().commandQueueStopped()).isTrue();
  }
}
