package io.vsmmu.smmu.model;

import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import org.pcollections.PSortedMap;

/** The fields of a {@link VsmmuState} while one event is applied to it. */
final class StateEdit {

  Lifecycle lifecycle;
  long events;
  long stimulus;
  Origin origin;
  Durability durability;
  VsmmuProperties properties;
  String vm;
  IdRegisters ids;
  boolean guestStarted;
  RegisterFile registers;
  CommandQueue commandQueue;
  PSortedMap<Integer, StreamState> streams;
  PSortedMap<Integer, DeviceState> devices;
  HostHandles hostHandles;
  long nextHandle;
  PSortedMap<Long, HostObject> objects;
  CommandCounts commands;
  Observations observations;
  Health health;
  VmmConnection vmm;
  PSortedMap<Long, MemoryState> memory;

  StateEdit(VsmmuState from) {
    lifecycle = from.lifecycle();
    events = from.events();
    stimulus = from.stimulus();
    origin = from.origin();
    durability = from.durability();
    properties = from.properties();
    vm = from.vm();
    ids = from.ids();
    guestStarted = from.guestStarted();
    registers = from.registers();
    commandQueue = from.commandQueue();
    streams = from.streams();
    devices = from.devices();
    hostHandles = from.hostHandles();
    nextHandle = from.nextHandle();
    objects = from.objects();
    commands = from.commands();
    observations = from.observations();
    health = from.health();
    vmm = from.vmm();
    memory = from.memory();
  }

  /** Adds an object of the host that is made by the event, without its kernel id yet. */
  void addObject(long handle, HostObject.Kind kind, int streamId, long word0, long word1) {
    objects = objects.plus(handle, new HostObject(handle, kind, 0, streamId, word0, word1, events));
    nextHandle = Math.max(nextHandle, handle + 1);
  }

  VsmmuState state() {
    return new VsmmuState(
        lifecycle,
        events,
        stimulus,
        origin,
        durability,
        properties,
        vm,
        ids,
        guestStarted,
        registers,
        commandQueue,
        streams,
        devices,
        hostHandles,
        nextHandle,
        objects,
        commands,
        observations,
        health,
        vmm,
        memory);
  }
}
