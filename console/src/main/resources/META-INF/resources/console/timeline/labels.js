import { duration } from '../core/format.js';
import { LANES, LANE_OF_TYPE } from './lanes.js';

/** Which texts a single event has, by lane. */
export function labelsOf(event) {
  return { events: event.type, ...kindLabels(event) };
}

function kindLabels(event) {
  const { data, type } = event;
  const lane = LANE_OF_TYPE[type];
  switch (type) {
    case 'RegisterWritten':
      return { accesses: `${data.register ?? data.offset}=${data.value}` };
    case 'CommandsConsumed':
      return { accesses: `CMDQ_PROD=${data.prod}`, ...commandLabels(data.commands ?? []) };
    case 'HostOutcomeReported':
      return data.operations?.length ? { [lane]: hostLabel(data.operations) } : {};
    case 'HostCallsObserved':
      return { [lane]: several(data.calls ?? [], (it) => it.name) };
    case 'FaultsReported':
      return { [lane]: several(data.records ?? [], (it) => `${it.name} ${it.sid ?? ''}`) };
    case 'StreamConfigured':
      return { [lane]: `${data.sid} ${data.effective}` };
    case 'DeviceAttached':
    case 'DeviceDetached':
      return { [lane]: `${data.sid} ${type === 'DeviceAttached' ? 'attached' : 'detached'}` };
    default:
      return lane ? { [lane]: type } : {};
  }
}

function commandLabels(commands) {
  const labels = {};
  for (const command of commands) {
    const id = laneOfCommand(command.name ?? '');
    const more = command.fields?.StreamID ?? command.fields?.Address ?? '';
    labels[id] ??= `${command.name} ${more}`.trim();
  }
  return labels;
}

function laneOfCommand(name) {
  return LANES.find((lane) => lane.count({ commands: { [name]: 1 } }) === 1)?.id ?? 'other';
}

/** The calls, and how long they took together where that was measured. */
function hostLabel(operations) {
  const nanos = operations.reduce((all, it) => all + (it.tookNanos ?? 0), 0);
  const calls = several(operations, (it) => it.kind);
  return nanos > 0 ? `${calls} ${duration(nanos / 1e9)}` : calls;
}

function several(list, text) {
  const first = list.length ? text(list[0]) : '';
  return list.length > 1 ? `${first} +${list.length - 1}` : first;
}
