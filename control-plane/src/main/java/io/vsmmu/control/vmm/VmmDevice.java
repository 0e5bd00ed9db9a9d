package io.vsmmu.control.vmm;

import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A device that a VMM owns, and where it goes. Changed under the monitor of its {@link LentVmm},
 * read by any thread.
 */
final class VmmDevice {

  final String address;

  final OnOffAuto ats;

  /** Name of the vSMMU. */
  private volatile String vsmmu;

  private volatile OptionalInt streamId;
  private volatile VmmDeviceState state = VmmDeviceState.WAITING;
  private volatile @Nullable HostProblem problem;

  /** {@link System#nanoTime} of the first look at which it was bound; 0 before. */
  long boundSince;

  VmmDevice(String address, String vsmmu, OptionalInt streamId, OnOffAuto ats) {
    this.address = address;
    this.vsmmu = vsmmu;
    this.streamId = streamId;
    this.ats = ats;
  }

  String vsmmu() {
    return vsmmu;
  }

  OptionalInt streamId() {
    return streamId;
  }

  /** It was attached by its address. */
  void isBehind(String name, int sid) {
    vsmmu = name;
    streamId = OptionalInt.of(sid);
    is(VmmDeviceState.ATTACHED);
  }

  VmmView.Device view() {
    return new VmmView.Device(address, vsmmu, streamId, state, problem());
  }

  VmmDeviceState state() {
    return state;
  }

  Optional<HostProblem> problem() {
    return Optional.ofNullable(problem);
  }

  void is(VmmDeviceState now) {
    state = now;
    problem = null;
    boundSince = 0;
  }

  void fails(HostProblem why) {
    is(VmmDeviceState.FAILED);
    problem = why;
  }
}
