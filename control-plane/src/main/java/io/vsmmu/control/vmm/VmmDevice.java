package io.vsmmu.control.vmm;

import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A device that a VMM owns, with its state and its vSMMU. Changed under the monitor of its {@link
 * DeviceOwningVmm}, read by any thread.
 */
final class VmmDevice {

  final String address;

  final OnOffAuto ats;

  private volatile String vsmmu;

  private volatile OptionalInt streamId;
  private volatile VmmDeviceState state = VmmDeviceState.WAITING;
  private volatile @Nullable HostProblem problem;

  /** {@link System#nanoTime} of the first check that found it bound; 0 before. */
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

  /** Records that an operator attached it. */
  void attachedTo(String name, int sid) {
    vsmmu = name;
    streamId = OptionalInt.of(sid);
    enter(VmmDeviceState.ATTACHED);
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

  void enter(VmmDeviceState now) {
    state = now;
    problem = null;
    boundSince = 0;
  }

  void fails(HostProblem why) {
    enter(VmmDeviceState.FAILED);
    problem = why;
  }
}
