package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.RegisterWritten.Change;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;

/** Parts of records that several events and the snapshot contain. */
final class SharedSchemas {

  /** The ID registers in the order of their offsets. */
  static final Schema<IdRegisters> IDS =
      it ->
          new IdRegisters(
              it.uint32(1, IdRegisters::idr0),
              it.uint32(2, IdRegisters::idr1),
              it.uint32(3, IdRegisters::idr2),
              it.uint32(4, IdRegisters::idr3),
              it.uint32(5, IdRegisters::idr4),
              it.uint32(6, IdRegisters::idr5),
              it.uint32(7, IdRegisters::iidr),
              it.uint32(8, IdRegisters::aidr));

  static final Schema<SteFetch> STE_FETCH =
      it ->
          new SteFetch(
              it.uint32(1, SteFetch::streamId),
              it.constant(2, EnumNumbers.FETCH_OUTCOME, SteFetch::outcome),
              it.ste(3, SteFetch::ste),
              it.constant(4, EnumNumbers.COMPLETENESS, SteFetch::completeness));

  static final Schema<HostDevice> HOST_DEVICE =
      it ->
          new HostDevice(
              it.string(1, HostDevice::address),
              it.string(2, HostDevice::physicalSmmu),
              it.uint32(3, HostDevice::group),
              it.message(4, IDS, HostDevice::hostIds),
              it.bool(5, HostDevice::atsSupported),
              it.strings(6, HostDevice::groupMates),
              it.bool(7, HostDevice::ownedByVmm));

  static final Schema<VsmmuProperties> PROPERTIES =
      it ->
          new VsmmuProperties(
              it.constant(1, EnumNumbers.AUTO_WHEN_ABSENT, VsmmuProperties::ats),
              it.constant(2, EnumNumbers.AUTO_WHEN_ABSENT, VsmmuProperties::ril),
              it.signed32(3, VsmmuProperties::oas),
              it.signed32(4, VsmmuProperties::ssidSize),
              it.constant(5, EnumNumbers.OFF_WHEN_ABSENT, VsmmuProperties::msi),
              it.constant(6, EnumNumbers.HARDWARE_QUEUES, VsmmuProperties::hardwareQueues));

  static final Codec<HostOperation> HOST_OPERATION = new HostOperationCodec();

  static final Schema<RecordedHostCall> RECORDED_HOST_CALL =
      it ->
          new RecordedHostCall(
              it.string(1, RecordedHostCall::name),
              it.string(2, RecordedHostCall::arguments),
              it.uint32(3, RecordedHostCall::entries),
              it.signed32(4, RecordedHostCall::result),
              it.word(5, RecordedHostCall::line),
              it.word(6, call -> call.timeMicros() + 1) - 1);

  static final Schema<RegisterRead> REGISTER_READ =
      it ->
          new RegisterRead(
              it.uint32(1, RegisterRead::offset),
              it.uint32(2, RegisterRead::width),
              it.word(3, RegisterRead::value));

  static final Schema<Change> CHANGE =
      it -> new Change(it.register(1, Change::register), it.word(2, Change::value));

  private SharedSchemas() {}
}
