import { get, path } from '../core/api.js';
import { micros } from '../core/format.js';
import { axisOf } from './axis.js';
import { LANES } from './lanes.js';
import { TILE_BUCKETS } from './limits.js';

/**
 * Reads tiles from the service.
 *
 * @typedef {object} CountTile counts by bucket
 * @property {number} length number of buckets
 * @property {Float64Array} from first value of each bucket
 * @property {Float64Array} to behind its last value
 * @property {Float64Array} events
 * @property {Float64Array[]} counts by lane, in the order of LANES
 * @property {object[]} buckets as the service gave them
 *
 * @typedef {object} LifeTile lives of streams
 * @property {Map<string, LifePart[]>} lives by StreamID
 *
 * @typedef {{from: number, last: number, effective: string, configuration: string, position: number}} LifePart
 *     from its first configuration; several ones up to `last`, if that is greater
 */

/** @param {import('./tile-cache.js').Key} key */
export function loadTile(key, range, signal) {
  return key.kind === 'lives' ? loadLives(key, range, signal) : loadCounts(key, range, signal);
}

function bounds(axis, range) {
  const first = axis.id === 'position' ? Math.max(1, range.from) : range.from;
  return { from: axis.bound(first), to: axis.bound(Math.max(first, range.to - 1)) };
}

async function loadCounts(key, range, signal) {
  const axis = axisOf(key.by);
  const buckets = Math.min(TILE_BUCKETS, Math.max(1, Math.ceil((range.to - range.from) / 2 ** key.level)));
  const query = { ...bounds(axis, range), by: key.by, buckets };
  const timeline = await get(path('vsmmus', key.vsmmu, 'timeline'), query, { signal });
  return countTile(axis, timeline.buckets);
}

function countTile(axis, buckets) {
  const value = axis.id === 'position' ? Number : micros;
  const length = buckets.length;
  const tile = {
    length,
    from: new Float64Array(length),
    to: new Float64Array(length),
    events: new Float64Array(length),
    counts: LANES.map(() => new Float64Array(length)),
    buckets,
  };
  buckets.forEach((bucket, i) => {
    tile.from[i] = value(bucket.from);
    tile.to[i] = value(bucket.to) + 1;
    tile.events[i] = bucket.events;
    LANES.forEach((lane, at) => (tile.counts[at][i] = lane.count(bucket)));
  });
  return tile;
}

async function loadLives(key, range, signal) {
  const axis = axisOf(key.by);
  const query = { ...bounds(axis, range), parts: TILE_BUCKETS };
  const answer = await get(path('vsmmus', key.vsmmu, 'timeline', 'streams'), query, { signal });
  const lives = new Map();
  for (const life of answer.items) {
    lives.set(
      life.sid,
      life.parts.map((part) => ({
        from: axis.of({ position: part.position, time: micros(part.time) }),
        last: axis.of({ position: part.lastPosition, time: micros(part.lastTime) }),
        effective: part.effective,
        configuration: part.configuration,
        position: part.position,
      })),
    );
  }
  return { lives };
}
