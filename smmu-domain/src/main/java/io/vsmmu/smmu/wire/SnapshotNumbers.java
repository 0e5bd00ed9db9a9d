package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.Lifecycle;

/** The numbers of enum constants that only snapshots hold. */
final class SnapshotNumbers {

  static final WireEnum<Lifecycle> LIFECYCLE =
      new WireEnum<>(
          "Lifecycle",
          Lifecycle.values(),
          it ->
              switch (it) {
                case ABSENT -> 0;
                case RUNNING -> 1;
                case PAUSED -> 2;
                case DELETED -> 3;
              });

  static final WireEnum<Health.Status> HEALTH =
      new WireEnum<>(
          "Health.Status",
          Health.Status.values(),
          it ->
              switch (it) {
                case OK -> 0;
                case PARTIAL -> 1;
                case DEGRADED -> 2;
                case FAILED -> 3;
              });

  static final WireEnum<HostObject.Kind> OBJECT_KIND =
      new WireEnum<>(
          "HostObject.Kind",
          HostObject.Kind.values(),
          it ->
              switch (it) {
                case IOAS -> 0;
                case NESTING_PARENT -> 1;
                case VIOMMU -> 2;
                case ABORT_PROXY -> 3;
                case BYPASS_PROXY -> 4;
                case VEVENTQ -> 5;
                case DEVICE -> 6;
                case VDEVICE -> 7;
                case NESTED_HWPT -> 8;
                case HARDWARE_QUEUE -> 9;
              });

  private SnapshotNumbers() {}
}
