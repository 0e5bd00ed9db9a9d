/**
 * The types of events: a word for each, and the kind whose colour it has (`--kind-...` in page.css).
 * A type of a later version is shown by its own name.
 */
const TYPES = {
  VsmmuCreated: ['created', 'access'],
  VsmmuDeleted: ['deleted', 'access'],
  VsmmuPaused: ['paused', 'access'],
  VsmmuResumed: ['resumed', 'access'],
  VsmmuReset: ['reset', 'access'],
  VmmConnected: ['VMM', 'access'],
  VmmDisconnected: ['VMM', 'access'],
  MemoryMapped: ['memory', 'access'],
  MemoryUnmapped: ['memory', 'access'],
  DeviceAttached: ['device', 'stream'],
  DeviceDetached: ['device', 'stream'],
  IdentityResolved: ['ID', 'access'],
  RegisterWritten: ['write', 'access'],
  RegisterReadsObserved: ['read', 'access'],
  CommandsConsumed: ['commands', 'command'],
  CommandQueueFailed: ['queue error', 'error'],
  GlobalErrorRaised: ['GERROR', 'error'],
  StreamConfigured: ['stream', 'stream'],
  HostOutcomeReported: ['host', 'host'],
  HostFailed: ['host error', 'error'],
  HostCallsObserved: ['host call', 'recorded'],
  TranslationObserved: ['translation', 'recorded'],
  LinesKept: ['text', 'recorded'],
  RecordingFinished: ['end', 'recorded'],
  InputChanged: ['changed', 'recorded'],
  PartImported: ['part', 'recorded'],
  FaultsReported: ['fault', 'fault'],
  PageRequestsReported: ['page request', 'fault'],
  HardwareQueueAllocated: ['hardware queue', 'blind'],
  HardwareQueueFreed: ['hardware queue', 'blind'],
  HardwareQueueClosed: ['hardware queue', 'blind'],
};

/** Every type that the log can have, sorted. */
export const EVENT_TYPES = Object.keys(TYPES).sort();

/** The word for a type. */
export function eventWord(type) {
  return TYPES[type]?.[0] ?? type;
}

/** The kind of a type: `access`, `command`, ..., as the custom properties of page.css have it. */
export function eventKind(type) {
  return TYPES[type]?.[1] ?? 'access';
}
