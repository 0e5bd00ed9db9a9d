import { LANES } from './lanes.js';

/**
 * The rows of the plot, from top to bottom: for each vSMMU the lives of its streams and the
 * counts by kind, and for the first one, the page's, its pins and the hits of a search.
 *
 * @typedef {{kind: 'pins' | 'hits' | 'name' | 'count' | 'life', vsmmu: string, y: number, height: number,
 *     title: string, lane?: number, sid?: string}} Row
 */

/** Streams whose lives stand above the counts, where they are seen first; those of others stand below. */
const FIRST_LIVES = 6;

const HEIGHT = { pins: 18, hits: 14, name: 16, count: 16, life: 12 };

/**
 * @param {{name: string, lanes: boolean[], sids: string[]}[]} vsmmus which lanes have something, and the streams
 * @param {boolean} hits whether there is a search
 * @returns {Row[]}
 */
export function rowsOf(vsmmus, hits) {
  const rows = [];
  let y = 0;
  const add = (kind, vsmmu, title, more = {}) => {
    rows.push({ kind, vsmmu, title, y, height: HEIGHT[kind], ...more });
    y += HEIGHT[kind];
  };
  vsmmus.forEach(({ name, lanes, sids }, number) => {
    if (vsmmus.length > 1) {
      add('name', name, name);
    }
    if (number === 0) {
      add('pins', name, 'Findings, notes');
    }
    if (number === 0 && hits) {
      add('hits', name, 'Hits of find');
    }
    sids.slice(0, FIRST_LIVES).forEach((sid) => add('life', name, sid, { sid }));
    LANES.forEach((lane, at) => {
      if (lane.always || lanes[at]) {
        add('count', name, lane.title, { lane: at });
      }
    });
    sids.slice(FIRST_LIVES).forEach((sid) => add('life', name, sid, { sid }));
  });
  return rows;
}

export function heightOf(rows) {
  const last = rows.at(-1);
  return last ? last.y + last.height : 0;
}

/** The row at a height of the plot. */
export function rowAt(rows, y) {
  return rows.find((row) => y >= row.y && y < row.y + row.height);
}
