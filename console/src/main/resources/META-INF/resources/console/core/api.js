/**
 * The REST interface under /api/v1. Answers are the parsed JSON; refusals are {@link Problem}s.
 */

import { queryText } from './query-text.js';

const ROOT = '/api/v1';

/** The window's event after a request of this page that may have changed something; its detail is the address. */
export const CHANGED = 'vsmmu-changed';

/** The window's event when the service refused a request for want of a session. */
export const UNAUTHENTICATED = 'vsmmu-unauthenticated';

/** The window's event when the service answers again after a request that did not reach it. */
export const REACHED = 'vsmmu-reached';

/** Milliseconds between two looks whether a service that was not reached answers again. */
const REACH_PAUSE = 3000;

/** Between two questions about a job, in milliseconds; doubles up to the second figure. */
const JOB_PAUSE = [100, 1000];

/** A refusal: the members of the problem detail (RFC 9457) that docs/api/problems.md lists. */
export class Problem extends Error {
  constructor(detail) {
    super(detail.detail ?? detail.title ?? 'The request failed');
    this.name = 'Problem';
    this.type = detail.type ?? '';
    this.title = detail.title ?? '';
    this.status = detail.status ?? 0;
    this.detail = detail.detail ?? '';
    this.field = detail.field;
    this.value = detail.value;
    this.allowed = detail.allowed;
    this.offset = detail.offset;
    this.end = detail.end;
    this.reasons = detail.reasons ?? [];
    /** Whether no service answered; {@link REACHED} says when one does again. */
    this.unreached = detail.unreached ?? false;
  }
}

/**
 * @typedef {{done: number, total: number}} Progress events that were read, and to read; total is 0
 *     while it is unknown
 * @typedef {{signal?: AbortSignal, onProgress?: (progress: Progress) => void}} Options
 */

/**
 * The path of a resource: each part is escaped.
 *
 * @param {...(string | number)} parts such as `path('vsmmus', name, 'events')`
 */
export function path(...parts) {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}

/** The full address of a resource with its parameters; those without a value are left out. */
export function address(resource, query = {}) {
  return `${ROOT}${resource}${queryText(query)}`;
}

/**
 * @param {string} resource as {@link path} gives it
 * @param {Record<string, unknown>} [query]
 * @param {Options} [options]
 */
export function get(resource, query = {}, options = {}) {
  return ask('GET', address(resource, query), undefined, options);
}

/**
 * @param {object} [body] sent as JSON
 * @param {Options & {query?: Record<string, unknown>, ifMatch?: string}} [options]
 */
export function post(resource, body, options = {}) {
  return ask('POST', address(resource, options.query), body, options);
}

export function put(resource, body, options = {}) {
  return ask('PUT', address(resource, options.query), body, options);
}

export function remove(resource, options = {}) {
  return ask('DELETE', address(resource, options.query), undefined, options);
}

async function ask(method, url, body, options) {
  const headers = { Accept: 'application/json' };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (options.ifMatch) {
    headers['If-Match'] = options.ifMatch;
  }
  const response = await reached(
    fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal: options.signal }),
  );
  // A job's address; an import and a replay answer 202 too, with an address of their own kind.
  const location = response.headers.get('Location') ?? '';
  if (response.status === 202 && location.startsWith(`${ROOT}/jobs/`)) {
    return jobResult(location, options);
  }
  const json = await parsed(response);
  if (method !== 'GET') {
    dispatchEvent(new CustomEvent(CHANGED, { detail: url }));
  }
  return json;
}

/** The answer's JSON, or null without a body. */
export async function parsed(response) {
  const text = await response.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    throw new Problem({ status: response.status, title: 'The answer is not JSON', detail: text.slice(0, 200) });
  }
  if (response.status === 401) {
    dispatchEvent(new Event(UNAUTHENTICATED));
  }
  if (!response.ok) {
    throw new Problem(json ?? { status: response.status, title: response.statusText });
  }
  return json;
}

/** @returns {Promise<Response>} of a request; if the service is not reached, a problem that says so */
export async function reached(request) {
  try {
    return await request;
  } catch (failure) {
    if (failure.name === 'AbortError') {
      throw failure;
    }
    waitUntilReached();
    throw new Problem({
      unreached: true,
      title: 'The service is not reached',
      detail: 'The service is not reached. Start it with ./vsmmu serve; the page goes on when it is there.',
    });
  }
}

let waiting = null;

/** One look at a time for the whole page, however many of its requests did not reach the service. */
function waitUntilReached() {
  waiting ??= setTimeout(async () => {
    waiting = null;
    try {
      await fetch('/actuator/health');
      dispatchEvent(new Event(REACHED));
    } catch {
      waitUntilReached();
    }
  }, REACH_PAUSE);
}

/** Waits for a job; an abort cancels it. */
async function jobResult(url, { signal, onProgress }) {
  let pause = JOB_PAUSE[0];
  try {
    for (;;) {
      const job = await parsed(await reached(fetch(url, { signal })));
      switch (job.state) {
        case 'done':
          return job.result;
        case 'failed':
          throw new Problem(job.problem);
        case 'cancelled':
          throw new Problem({ title: 'Stopped', detail: `The ${job.kind} was stopped after ${job.done} events` });
        default:
          onProgress?.({ done: job.done, total: job.total });
      }
      await sleep(pause, signal);
      pause = Math.min(JOB_PAUSE[1], 2 * pause);
    }
  } catch (failure) {
    if (failure.name === 'AbortError') {
      fetch(url, { method: 'DELETE' }).catch(() => {});
    }
    throw failure;
  }
}

function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
