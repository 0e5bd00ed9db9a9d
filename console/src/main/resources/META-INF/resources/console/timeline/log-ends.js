import { get, path } from '../core/api.js';

/**
 * The first and the newest event of a vSMMU's log; null while it has none.
 *
 * @typedef {{first: object, newest: object}} LogEnds events as the service gives them
 * @returns {Promise<LogEnds | null>}
 */
export async function logEnds(vsmmu, signal, first = null) {
  const [begin, end] = await Promise.all([first ?? eventAt(vsmmu, 0, signal), eventAt(vsmmu, 1, signal)]);
  return begin && end ? { first: begin, newest: end } : null;
}

async function eventAt(vsmmu, fraction, signal) {
  const page = await get(path('vsmmus', vsmmu, 'events'), { fraction, limit: 1 }, { signal });
  return page.items[0] ?? null;
}
