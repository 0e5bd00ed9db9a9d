import { get, path, post } from '../core/api.js';
import { micros } from '../core/format.js';
import { HITS, HIT_BUCKETS, PINS } from './limits.js';

/**
 * What is pinned on a timeline: findings of lint, notes, and the hits of a search.
 *
 * @typedef {{kind: 'finding' | 'note', position: number, title: string, severity: string, panel: string}} Pin
 */

/** Pins that are closer to each other are one, in CSS pixels. */
const CLOSE = 16;

const SEVERITIES = ['NOTE', 'INFO', 'WARNING', 'ERROR'];

/** The findings and notes of a vSMMU, in the order of their positions. @returns {Promise<Pin[]>} */
export async function pinsOf(vsmmu, signal) {
  const [findings, notes] = await Promise.all([
    get(path('vsmmus', vsmmu, 'findings'), {}, { signal }),
    get(path('vsmmus', vsmmu, 'notes'), { limit: PINS }, { signal }),
  ]);
  const pins = [
    ...findings.items.map((it) => ({
      kind: 'finding',
      position: it.from,
      title: `${it.rule}${it.sid ? ` ${it.sid}` : ''}: ${it.text}`,
      severity: it.severity,
      panel: 'findings',
    })),
    ...notes.items.map((it) => ({
      kind: 'note',
      position: it.position,
      title: it.bookmark ? `@${it.bookmark}: ${it.text}` : it.text,
      severity: 'NOTE',
      panel: 'notes',
    })),
  ];
  // The worst are kept when there are too many.
  return pins
    .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))
    .slice(0, PINS)
    .sort((a, b) => a.position - b.position);
}

/**
 * The times of pins, which only the service knows: each position's event.
 *
 * @returns {Promise<Map<number, number>>} microseconds by position
 */
export async function timesOf(vsmmu, positions, signal) {
  const times = new Map();
  for (const position of new Set(positions)) {
    const page = await get(path('vsmmus', vsmmu, 'events'), { around: position, limit: 1 }, { signal });
    if (page.items.length > 0) {
      times.set(position, micros(page.items[0].time));
    }
  }
  return times;
}

/**
 * Groups of pins by where they are on the screen.
 *
 * @param {Pin[]} pins in the order of their values
 * @param {(pin: Pin) => number | undefined} valueOf
 * @returns {{x: number, pins: Pin[], severity: string}[]}
 */
export function grouped(pins, valueOf, scale) {
  const groups = [];
  for (const pin of pins) {
    const value = valueOf(pin);
    const x = value === undefined ? NaN : scale.x(value);
    if (!(x >= 0 && x <= scale.width)) {
      continue;
    }
    const last = groups.at(-1);
    if (last && x - last.x < CLOSE) {
      last.pins.push(pin);
      if (SEVERITIES.indexOf(pin.severity) > SEVERITIES.indexOf(last.severity)) {
        last.severity = pin.severity;
      }
    } else {
      groups.push({ x, pins: [pin], severity: pin.severity });
    }
  }
  return groups;
}

/**
 * The hits of a condition over the whole log.
 *
 * @returns {Promise<{found: number, all: boolean, hits: {position: number, time: number}[],
 *     buckets: {from: number, to: number, count: number}[], most: number}>} `all`: every hit is there
 */
export async function hitsOf(vsmmu, expression, signal) {
  const body = { expression, mode: 'all', limit: HITS, buckets: HIT_BUCKETS };
  const answer = await post(path('vsmmus', vsmmu, 'find'), body, { signal });
  const buckets = (answer.buckets ?? []).map((it) => ({ from: it.from, to: it.to + 1, count: it.found }));
  return {
    found: answer.found,
    all: answer.found === answer.hits.length,
    hits: answer.hits.map((it) => ({ position: it.position, time: micros(it.time) })),
    buckets,
    most: buckets.reduce((most, it) => Math.max(most, it.count), 1),
  };
}
