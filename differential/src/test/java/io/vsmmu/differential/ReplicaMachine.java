package io.vsmmu.differential;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.Register;
import java.util.List;

/** A second vSMMU that takes the place of QEMU; subclasses make it differ. */
class ReplicaMachine implements Oracle {

  private final GatewayMachine machine = new GatewayMachine();

  @Override
  public long read(int offset, int width) {
    return machine.read(offset, width);
  }

  @Override
  public final List<Long> readWords(List<Integer> offsets) {
    return offsets.stream().map(offset -> read(offset, Integer.BYTES)).toList();
  }

  @Override
  public void write(int offset, int width, long value) {
    machine.write(offset, width, value);
  }

  @Override
  public void dma(int streamId) {
    Disposition disposition = disposition(streamId);
    if (disposition.behaviour() == StreamBehaviour.BYPASS) {
      machine.ram().writeLong(GuestMemoryMap.TARGET, 0);
    } else if (disposition.behaviour() == StreamBehaviour.TRANSLATE) {
      machine.ram().writeLong(GuestMemoryMap.TRANSLATED_TARGET, 0);
    } else {
      EventType.of(disposition.fault()).ifPresent(type -> record(type, streamId));
    }
  }

  Disposition disposition(int streamId) {
    return Disposition.now(machine, streamId);
  }

  private void record(EventType type, int streamId) {
    VsmmuState state = machine.state();
    if (ControlFields.EVENTQEN.isSet(state.value(Register.CR0))) {
      machine.fault(List.of(EventRecord.of(type, streamId)));
    }
  }

  @Override
  public void reset() {
    machine.reset();
    machine.interrupted();
  }

  @Override
  public MachineRam ram() {
    return machine.ram();
  }

  @Override
  public boolean interrupted() {
    return machine.interrupted();
  }

  @Override
  public void close() {
    machine.close();
  }
}
