package io.vsmmu.control.vm;

import io.vsmmu.control.vm.GuestAcpiTables.Member;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.Set;

/** vSMMUs with devices, out of the stimuli that make them. */
final class Members {

  /** With StreamIDs that no requester ID can be. */
  private static final IdRegisters IDS = IdRegisters.DEFAULT.with(IdField.SIDSIZE, 32);

  private Members() {}

  /** A vSMMU with a device at each of these StreamIDs. */
  static Member with(String name, int... streamIds) {
    VsmmuState state =
        after(
            VsmmuState.ABSENT,
            new Stimulus.Create(
                Origin.LIVE,
                Durability.COMMITTED,
                VsmmuProperties.ALL_AUTO,
                IdRegisters.DEFAULT,
                "vm"));
    for (int i = 0; i < streamIds.length; i++) {
      HostDevice device =
          new HostDevice("0000:%02x:00.0".formatted(i + 1), name, i + 1, IdRegisters.DEFAULT, true);
      state =
          after(
              state,
              new Stimulus.AttachDevice(
                  streamIds[i], device, OnOffAuto.AUTO, IDS, SteFetch.unknown(streamIds[i])));
    }
    return new Member(name, state, Set.of());
  }

  /** A vSMMU whose VMM has announced devices and not bound them yet. */
  static Member expecting(String name, Integer... streamIds) {
    return new Member(name, with(name).state(), Set.of(streamIds));
  }

  private static VsmmuState after(VsmmuState state, Stimulus stimulus) {
    return ((Decision.Accepted) Vsmmu.decide(state, stimulus)).after();
  }
}
