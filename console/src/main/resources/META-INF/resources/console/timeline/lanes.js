/**
 * The lanes of a timeline that show counts: their names, colours and what a bucket of the service
 * has for each. The order is that of the screen.
 */

/** @param {(name: string) => boolean} wanted by the name of a command */
function commands(wanted) {
  return (bucket) => {
    let all = 0;
    for (const name in bucket.commands) {
      if (wanted(name)) {
        all += bucket.commands[name];
      }
    }
    return all;
  };
}

const isSync = (name) => name === 'CMD_SYNC';
const isTlbi = (name) => name.startsWith('TLBI');
const isCfgi = (name) => name.startsWith('CFGI');
const isAts = (name) => name === 'ATC_INV' || name === 'PRI_RESP';
const isOther = (name) => !isSync(name) && !isTlbi(name) && !isCfgi(name) && !isAts(name);

/**
 * @typedef {object} Lane
 * @property {string} id
 * @property {string} title
 * @property {string} word what is counted, for descriptions
 * @property {string} colour a custom property of page.css
 * @property {(bucket: object) => number} count of a TimelineBucket
 * @property {boolean} [always] shown although nothing of it is in the log
 *
 * @type {Lane[]}
 */
export const LANES = [
  { id: 'events', title: 'Events', word: 'events', colour: '--quiet', count: (it) => it.events, always: true },
  { id: 'accesses', title: 'Accesses', word: 'accesses', colour: '--kind-access', count: (it) => it.accesses, always: true },
  { id: 'sync', title: 'CMD_SYNC', word: 'CMD_SYNC', colour: '--kind-command', count: commands(isSync), always: true },
  { id: 'tlbi', title: 'TLBI', word: 'TLB invalidations', colour: '--kind-command', count: commands(isTlbi), always: true },
  { id: 'cfgi', title: 'CFGI', word: 'configuration invalidations', colour: '--kind-command', count: commands(isCfgi), always: true },
  { id: 'ats', title: 'ATC, PRI', word: 'ATS commands', colour: '--kind-command', count: commands(isAts) },
  { id: 'other', title: 'Other commands', word: 'other commands', colour: '--kind-command', count: commands(isOther) },
  { id: 'host', title: 'Host calls', word: 'host calls', colour: '--kind-host', count: (it) => it.hostCalls, always: true },
  { id: 'refused', title: 'Host refused', word: 'refused host calls', colour: '--kind-error', count: (it) => it.hostFailures },
  { id: 'recorded', title: 'Recorded VMM', word: 'calls of the recorded VMM', colour: '--kind-recorded', count: (it) => it.recordedCalls },
  { id: 'faults', title: 'Faults', word: 'faults', colour: '--kind-fault', count: (it) => it.faults, always: true },
  { id: 'lost', title: 'Lost records', word: 'lost records', colour: '--kind-fault', count: (it) => it.lostRecords },
  { id: 'pri', title: 'Page requests', word: 'page requests', colour: '--kind-fault', count: (it) => it.pageRequests },
  { id: 'errors', title: 'Errors', word: 'errors', colour: '--kind-error', count: (it) => it.errors, always: true },
  { id: 'changes', title: 'Stream changes', word: 'stream changes', colour: '--kind-stream', count: (it) => it.streamChanges, always: true },
  { id: 'blind', title: 'Blind', word: 'events with a hardware queue', colour: '--kind-blind', count: (it) => it.blind },
];

/** The lane of an event that is drawn by itself; events of other types have none. */
export const LANE_OF_TYPE = {
  RegisterWritten: 'accesses',
  CommandsConsumed: 'accesses',
  HostOutcomeReported: 'host',
  HostCallsObserved: 'recorded',
  FaultsReported: 'faults',
  PageRequestsReported: 'pri',
  CommandQueueFailed: 'errors',
  GlobalErrorRaised: 'errors',
  StreamConfigured: 'changes',
  DeviceAttached: 'changes',
  DeviceDetached: 'changes',
};

/** The colours of what a stream's transactions meet. */
export const LIFE_COLOURS = {
  ABORT: '--stream-abort',
  BYPASS: '--stream-bypass',
  TRANSLATE: '--stream-translate',
  UNKNOWN: '--stream-unknown',
};
