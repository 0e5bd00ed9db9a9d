/**
 * Changes to the service, and what they left in the log and in the audit log.
 *
 * A running guest changes its vSMMU's entity tag with each of its events, so that a tag from when a
 * person began to read would hardly ever be the one of when they decided. What they decided on is
 * compared instead, and If-Match then guards the moment between the comparison and the change.
 */
import { address, get, parsed, path, reached } from './api.js';

/** How often a change is sent again because the guest had an event between the comparison and it. */
const ATTEMPTS = 20;

const PRECONDITION_FAILED = 412;

/**
 * A vSMMU as an operator decides on it.
 *
 * @typedef {{vsmmu: object, tag: string, time: string}} Seen the resource, its entity tag, and the
 *     service's time
 */

/** @returns {Promise<Seen>} the vSMMU now */
export async function seen(name) {
  const response = await reached(fetch(address(path('vsmmus', name)), { headers: { Accept: 'application/json' } }));
  const vsmmu = await parsed(response);
  return { vsmmu, tag: response.headers.get('ETag'), time: serviceTime(response) };
}

/** The service's time, with a second of room, because the header has whole seconds. */
function serviceTime(response) {
  const time = Date.parse(response.headers.get('Date') ?? '');
  return new Date((Number.isNaN(time) ? Date.now() : time) - 1000).toISOString();
}

/** What an operator's decision rests on; events of the guest change none of it. */
export function basis({ lifecycle, devices, vmm, health }) {
  return JSON.stringify({
    lifecycle,
    devices: devices.map((it) => [it.sid, it.hostDevice]),
    connected: vmm.connected,
    health: health.status,
  });
}

/** The vSMMU is not what the person saw any more; `now` is what it is. */
export class Changed extends Error {
  /** @param {Seen} now */
  constructor(now) {
    super('The vSMMU has changed');
    this.now = now;
  }
}

/**
 * Changes a vSMMU unless it is another one than the person saw.
 *
 * @param {Seen} before what they decided on
 * @param {{method: string, resource: string, body?: unknown, types: string[]}} change `types`: the
 *     types of the events that record it
 * @returns {Promise<Trace>}
 * @throws {Changed} without having changed anything
 */
export async function changeSeen(before, change) {
  const { id } = before.vsmmu;
  for (let attempt = 1; ; attempt++) {
    const now = await seen(id);
    if (basis(now.vsmmu) !== basis(before.vsmmu)) {
      throw new Changed(now);
    }
    try {
      const answer = await send({ ...change, ifMatch: now.tag });
      return { answer, ...(await traceOf(now, change)) };
    } catch (problem) {
      if (problem.status !== PRECONDITION_FAILED || attempt === ATTEMPTS) {
        throw problem;
      }
    }
  }
}

/** Sends a change that no precondition guards. */
export async function send({ method, resource, body, ifMatch }) {
  const headers = { Accept: 'application/json' };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (ifMatch) {
    headers['If-Match'] = ifMatch;
  }
  return parsed(
    await reached(
      fetch(address(resource), { method, headers, body: body === undefined ? undefined : JSON.stringify(body) }),
    ),
  );
}

/**
 * What a change left: its event, and its entry in the audit log; null where there is none.
 *
 * @typedef {{answer: unknown, vsmmu: string, event: object | null, entry: object | null}} Trace
 */

/** @param {Seen} before */
export async function traceOf({ vsmmu, time }, { method, resource, types }) {
  const [events, entries] = await Promise.allSettled([
    types.length === 0
      ? { items: [] }
      : get(`${path('vsmmus', vsmmu.id)}/events`, { after: vsmmu.position ?? 0, type: types.join(','), limit: 10 }),
    get('/audit', { vsmmu: vsmmu.name, method, from: time, limit: 1000 }),
  ]);
  return {
    vsmmu: vsmmu.id,
    event: events.value?.items.at(-1) ?? null,
    entry: entries.value?.items.findLast((it) => decodeURIComponent(it.path).endsWith(decodeURIComponent(resource))) ?? null,
  };
}
