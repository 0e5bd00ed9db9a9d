package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * The numbers of enum constants in events. A number is never given to another constant; a new
 * constant does not compile until it has one.
 */
final class EnumNumbers {

  static final WireEnum<Origin> ORIGIN =
      new WireEnum<>(
          "Origin",
          Origin.values(),
          it ->
              switch (it) {
                case LIVE -> 0;
                case QEMU_TRACE -> 1;
              });

  static final WireEnum<Durability> DURABILITY =
      new WireEnum<>(
          "Durability",
          Durability.values(),
          it ->
              switch (it) {
                case COMMITTED -> 0;
                case BOUNDED_LOSS -> 1;
                case JOURNALED -> 2;
              });

  static final WireEnum<OnOffAuto> AUTO_WHEN_ABSENT =
      new WireEnum<>(
          "OnOffAuto",
          OnOffAuto.values(),
          it ->
              switch (it) {
                case AUTO -> 0;
                case ON -> 1;
                case OFF -> 2;
              });

  /** For a field that means OFF in logs from before it existed. */
  static final WireEnum<OnOffAuto> OFF_WHEN_ABSENT =
      new WireEnum<>(
          "OnOffAuto",
          OnOffAuto.values(),
          it ->
              switch (it) {
                case OFF -> 0;
                case ON -> 1;
                case AUTO -> 2;
              });

  static final WireEnum<HardwareQueues> HARDWARE_QUEUES =
      new WireEnum<>(
          "HardwareQueues",
          HardwareQueues.values(),
          it ->
              switch (it) {
                case OFF -> 0;
                case ACCEPT_BLIND -> 1;
              });

  static final WireEnum<HardwareQueueClosed.Reason> CLOSED_REASON =
      new WireEnum<>(
          "HardwareQueueClosed.Reason",
          HardwareQueueClosed.Reason.values(),
          it ->
              switch (it) {
                case RESET -> 0;
                case NO_DEVICE -> 1;
                case NO_MEMORY -> 2;
                case HOST_REFUSED -> 3;
              });

  static final WireEnum<MemorySharing> SHARING =
      new WireEnum<>(
          "Sharing",
          MemorySharing.values(),
          it ->
              switch (it) {
                case DESCRIPTOR -> 0;
                case FILE -> 1;
                case MESSAGES -> 2;
              });

  static final WireEnum<GlobalError> GLOBAL_ERROR =
      new WireEnum<>(
          "GlobalError",
          GlobalError.values(),
          it ->
              switch (it) {
                case EVENTQ_ABT_ERR -> 0;
                case PRIQ_ABT_ERR -> 1;
                case MSI_CMDQ_ABT_ERR -> 2;
                case MSI_EVENTQ_ABT_ERR -> 3;
                case MSI_PRIQ_ABT_ERR -> 4;
                case MSI_GERROR_ABT_ERR -> 5;
              });

  static final WireEnum<Stimulus.ResetSource> RESET_SOURCE =
      new WireEnum<>(
          "ResetSource",
          Stimulus.ResetSource.values(),
          it ->
              switch (it) {
                case VMM -> 0;
                case OPERATOR -> 1;
              });

  static final WireEnum<Completeness> COMPLETENESS =
      new WireEnum<>(
          "Completeness",
          Completeness.values(),
          it ->
              switch (it) {
                case FULL -> 0;
                case HOST_WORDS -> 1;
                case CONFIGURATION_ONLY -> 2;
                case NOTHING -> 3;
              });

  static final WireEnum<SteFetch.Outcome> FETCH_OUTCOME =
      new WireEnum<>(
          "Outcome",
          SteFetch.Outcome.values(),
          it ->
              switch (it) {
                case READ -> 0;
                case OUT_OF_TABLE -> 1;
                case FETCH_FAULT -> 2;
                case NOT_TOLD -> 3;
              });

  static final WireEnum<RegisterWritten.Verdict> VERDICT =
      new WireEnum<>(
          "Verdict",
          RegisterWritten.Verdict.values(),
          it ->
              switch (it) {
                case TAKEN -> 0;
                case NO_REGISTER -> 1;
                case READ_ONLY -> 2;
                case LOCKED -> 3;
                case UPDATE_NOT_SET -> 4;
                case NOT_IMPLEMENTED -> 5;
              });

  static final WireEnum<StreamBehaviour> BEHAVIOUR =
      new WireEnum<>(
          "StreamBehaviour",
          StreamBehaviour.values(),
          it ->
              switch (it) {
                case ABORT -> 0;
                case BYPASS -> 1;
                case TRANSLATE -> 2;
                case UNKNOWN -> 3;
              });

  static final WireEnum<StreamConfigured.Reason> REASON =
      new WireEnum<>(
          "Reason",
          StreamConfigured.Reason.values(),
          it ->
              switch (it) {
                case CFGI_STE -> 0;
                case CFGI_STE_RANGE -> 1;
                case SMMU_ENABLED -> 2;
                case SMMU_DISABLED -> 3;
                case GBPA_UPDATED -> 4;
                case RESET -> 5;
                case DEVICE_ATTACHED -> 6;
                case GROUP_MOVED -> 7;
                case HOST_FAILURE -> 8;
                case OBSERVED -> 9;
              });

  static final WireEnum<HostOperation.Kind> OPERATION_KIND =
      new WireEnum<>(
          "HostOperation.Kind",
          HostOperation.Kind.values(),
          it ->
              switch (it) {
                case INVALIDATE -> 0;
                case BIND_DEVICE -> 1;
                case UNBIND_DEVICE -> 2;
                case ALLOC_IOAS -> 3;
                case ALLOC_NESTING_PARENT -> 4;
                case ALLOC_VIOMMU -> 5;
                case ALLOC_VDEVICE -> 6;
                case ALLOC_HWPT -> 7;
                case ATTACH -> 8;
                case DETACH -> 9;
                case DESTROY -> 10;
                case ALLOC_VEVENTQ -> 11;
                case ADOPT_DEVICE -> 12;
                case ALLOC_HW_QUEUE -> 13;
              });

  /** The numbers that CMDQ_CONS.ERR has for them, IHI 0070, 7.1. */
  static final WireEnum<CommandError> COMMAND_ERROR =
      new WireEnum<>("CommandError", CommandError.values(), CommandError::code);

  private EnumNumbers() {}
}
