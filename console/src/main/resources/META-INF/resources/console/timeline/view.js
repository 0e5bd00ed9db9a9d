/**
 * What is drawn.
 *
 * @typedef {object} View
 * @property {import('./scale.js').Scale} scale
 * @property {import('./axis.js').Axis} axis
 * @property {string} by its id
 * @property {import('./rows.js').Row[]} rows
 * @property {{name: string}[]} vsmmus
 * @property {(vsmmu: string) => {from: number, to: number} | null} wholeOf the log of a vSMMU on the axis
 * @property {import('./tile-cache.js').TileCache} cache
 * @property {number} coarsest level of the tiles that show the whole log
 * @property {Record<string, string>} colours
 * @property {number | null} cursor value of the axis
 * @property {boolean} relative whether ticks are differences to the cursor
 * @property {number} axisHeight in CSS pixels
 * @property {object | null} hits of a search, on the axis
 * @property {{vsmmu: string, value: number, position: number, labels: Record<string, string>}[] | null} events
 *     those of the view, when there are few enough to be drawn by themselves
 */

import { count } from '../core/format.js';
import { eachTile } from './drawing.js';
import { LANES } from './lanes.js';

/** The bucket of a vSMMU that a value is in, as finely as the view has it; null if it is not known. */
export function bucketAt(view, vsmmu, value) {
  return nearest(view, vsmmu, value, false);
}

/** The last bucket with an event that begins at or before a value. */
export function eventfulBucketAt(view, vsmmu, value) {
  return nearest(view, vsmmu, value, true);
}

function nearest(view, vsmmu, value, eventful) {
  let found = null;
  eachTile(view, 'counts', vsmmu, view.scale, (tile, from, to) => {
    for (let i = 0; i < tile.length && tile.from[i] <= value; i++) {
      const inside = tile.to[i] > from && tile.from[i] < to;
      if (inside && (eventful ? tile.events[i] > 0 : value < tile.to[i])) {
        found = tile.buckets[i];
      }
    }
  });
  return found;
}

/** The number of events of a vSMMU in the view, as far as it is known. */
export function eventsInView(view, vsmmu) {
  const { scale } = view;
  let all = 0;
  eachTile(view, 'counts', vsmmu, view.scale, (tile, from, to) => {
    const [begin, end] = [Math.max(from, scale.from), Math.min(to, scale.to)];
    for (let i = 0; i < tile.length; i++) {
      if (tile.to[i] > begin && tile.from[i] < end) {
        all += tile.events[i];
      }
    }
  });
  return all;
}

/** The counts of a bucket in words: `3 events: 2 accesses, 1 CMD_SYNC, TLBI_NH_VA 4`. */
export function countsText(bucket) {
  if (!bucket || bucket.events === 0) {
    return 'no event';
  }
  const kinds = LANES.filter((lane) => lane.id !== 'events' && lane.colour !== '--kind-command')
    .map((lane) => [lane.count(bucket), lane.word])
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${word} ${count(number)}`);
  const commands = Object.entries(bucket.commands).map(([name, number]) => `${name} ${count(number)}`);
  return `${count(bucket.events)} event${bucket.events === 1 ? '' : 's'}: ${[...kinds, ...commands].join(', ') || 'nothing that is counted by kind'}`;
}

/** What a stream's transactions meet at a value; undefined if it is not known. */
export function lifeAt(view, vsmmu, sid, value) {
  let found;
  eachTile(view, 'lives', vsmmu, view.scale, (tile, from, to) => {
    if (value >= from && value < to) {
      found = tile.lives.get(sid)?.findLast((part) => part.from <= value);
    }
  });
  return found;
}
