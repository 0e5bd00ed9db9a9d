package io.vsmmu.differential;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/**
 * How the SMMU handles the transactions of a stream.
 *
 * @param fault the event that they raise, or 0; for translated transactions it depends on the host
 */
record Disposition(StreamBehaviour behaviour, int fault) {

  /** The disposition in the vSMMU's present state. */
  static Disposition now(GatewayMachine vsmmu, int streamId) {
    return of(vsmmu.state(), streamId);
  }

  /** The disposition that the vSMMU would have if it read the STE now. */
  static Disposition fresh(GatewayMachine vsmmu, int streamId) {
    VsmmuState state = vsmmu.state();
    if (!state.enabled()) {
      return of(state, streamId);
    }
    long enabled = state.value(Register.CR0);
    VsmmuState off = after(state, enabled & ~ControlFields.SMMUEN.mask(), List.of());
    return of(after(off, enabled, List.of(vsmmu.fetch(streamId))), streamId);
  }

  private static VsmmuState after(VsmmuState state, long cr0, List<SteFetch> fetches) {
    Stimulus write = new Stimulus.WriteRegister(Register.CR0.offset(), Integer.BYTES, cr0, fetches);
    return Vsmmu.decide(state, write) instanceof Decision.Accepted accepted
        ? accepted.after()
        : state;
  }

  private static Disposition of(VsmmuState state, int streamId) {
    StreamState stream = state.stream(streamId).orElseThrow();
    return new Disposition(stream.effective(), state.faultOf(stream));
  }
}
