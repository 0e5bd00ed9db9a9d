package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.HostDescription;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.IssuedCall;
import io.vsmmu.host.simulated.IssuedCommand;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.HostDevice;
import java.util.List;
import java.util.Optional;

/** A vSMMU and its guest on a simulated host, which shows what it holds. */
final class Rig extends GuestRig<Rig> {

  static final IdRegisters IDS =
      IdRegisters.DEFAULT.withStage2(false).withAts(false).withSsidSize(4);

  final SimulatedHost host;
  private final WatchedHost watched;

  Rig(SimulatedHost host) {
    this(host, IDS);
  }

  Rig(SimulatedHost host, IdRegisters ids) {
    this(host, ids, VsmmuProperties.ALL_AUTO, new WatchedHost(host), Optional.empty());
  }

  /** A vSMMU of a VM that may have others. */
  Rig(SimulatedHost host, VmSpace space) {
    this(host, IDS, VsmmuProperties.ALL_AUTO, new WatchedHost(host), Optional.of(space));
  }

  /** A vSMMU with these properties. */
  Rig(SimulatedHost host, VsmmuProperties properties) {
    this(host, IDS, properties, new WatchedHost(host), Optional.empty());
  }

  private Rig(
      SimulatedHost host,
      IdRegisters ids,
      VsmmuProperties properties,
      WatchedHost watched,
      Optional<VmSpace> shared) {
    super(shared.orElseGet(() -> new VmSpace(watched)), ids, properties);
    this.host = host;
    this.watched = watched;
  }

  @Override
  Rig self() {
    return this;
  }

  @Override
  HostDevice described(String address) {
    HostDescription.Device device = host.describe().device(address).orElseThrow();
    return new HostDevice(address, device.smmu(), device.iommuGroup(), IDS, true)
        .withOwnedByVmm(ownedByVmm())
        .withGroupMates(otherMembers(host.describe(), device));
  }

  static Rig standard() {
    return new Rig(SimulatedHost.standard());
  }

  /** The kernel's calls since a number of calls, by name. */
  List<String> calls(long from) {
    return host.issuedCalls().stream()
        .filter(entry -> entry.index() >= from)
        .map(entry -> entry.operation().text())
        .toList();
  }

  List<IssuedCall> issuedCalls(long from) {
    return host.issuedCalls().stream().filter(entry -> entry.index() >= from).toList();
  }

  /** The commands that the vIOMMU sent to its SMMU. */
  List<IssuedCommand> issued() {
    HostObject viommu = state().objects().get(state().hostHandles().viommu());
    return viommu == null
        ? List.of()
        : watched.context().map(open -> host.issued(open, viommu.kernelId())).orElse(List.of());
  }

  Optional<Attachment> attachment(String address) {
    return host.attachment(address);
  }

  /** The objects that the log says the host has. */
  ObjectCounts explained() {
    return new ObjectCounts(
        state().devices().isEmpty() && state().hostHandles().first() == 0 ? 0 : 1,
        count(HostObject.Kind.DEVICE),
        count(HostObject.Kind.IOAS),
        count(HostObject.Kind.NESTING_PARENT),
        count(HostObject.Kind.NESTED_HWPT)
            + count(HostObject.Kind.ABORT_PROXY)
            + count(HostObject.Kind.BYPASS_PROXY),
        count(HostObject.Kind.VIOMMU),
        count(HostObject.Kind.VDEVICE),
        count(HostObject.Kind.VEVENTQ),
        0);
  }

  private int count(HostObject.Kind kind) {
    return (int)
        state().objects().values().stream()
            .filter(object -> object.kind() == kind && object.kernelId() != 0)
            .count();
  }

  /**
   * Checks that the host's attachment of every device is the log's, or, where the host failed, is
   * no less restrictive.
   */
  Rig agrees() {
    for (DeviceState device : state().devices().values()) {
      StreamState stream = state().streams().get(device.streamId());
      Optional<Attachment> found = host.attachment(device.device().address());
      if (found.isEmpty()) {
        assertThat(state().health().status()).isEqualTo(Health.Status.FAILED);
        assertThat(stream.effective()).isEqualTo(StreamBehaviour.ABORT);
        continue;
      }
      Attachment attachment = found.get();
      assertThat(attachment.kind()).isEqualTo(kind(stream.effective()));
      HostObject hwpt = state().objects().get(stream.hwpt());
      assertThat(hwpt).isNotNull();
      assertThat(attachment.hwptId()).isEqualTo(hwpt.kernelId());
      assertThat(attachment.ste0()).isEqualTo(hwpt.word0());
    }
    return this;
  }

  private static Attachment.Kind kind(StreamBehaviour effective) {
    return switch (effective) {
      case ABORT, UNKNOWN -> Attachment.Kind.ABORT;
      case BYPASS -> Attachment.Kind.BYPASS;
      case TRANSLATE -> Attachment.Kind.TRANSLATE;
    };
  }

  /** Checks that the host has the objects that the log has, and no others. */
  Rig leaksNothing() {
    ObjectCounts found = host.objects();
    ObjectCounts known = explained();
    if (!state().health().equals(Health.OK)) {
      assertThat(counts(found))
          .zipSatisfy(counts(known), (there, said) -> assertThat(there).isLessThanOrEqualTo(said));
    } else {
      assertThat(counts(found)).as("%s and %s", found, known).isEqualTo(counts(known));
    }
    return this;
  }

  /** All but the ids that the kernel keeps reserved until the descriptor is closed. */
  private static List<Integer> counts(ObjectCounts objects) {
    return List.of(
        objects.contexts(),
        objects.devices(),
        objects.ioas(),
        objects.pagingHwpts(),
        objects.nestedHwpts(),
        objects.viommus(),
        objects.vdevices(),
        objects.veventqs());
  }
}
