import { LANES, LIFE_COLOURS } from './lanes.js';
import { BUCKET_PIXELS } from './limits.js';
import { TileCache } from './tile-cache.js';

/** Draws a timeline. Nothing here keeps a state, and nothing is made for each bar. */

/** CSS pixels: of the least bar, of a bar of one event when there is room, from which on bars have a gap, between ticks. */
const LEAST_BAR = 3;
const WIDEST_BAR = 9;
const GAP_FROM = 5;
const TICKS_APART = 110;

const FONT = '11px ui-monospace, "DejaVu Sans Mono", Menlo, monospace';
const COLOURS = ['--ground', '--panel', '--line', '--text', '--quiet', '--accent', '--accent-ground', '--mark', '--bad'];

/** The colours of page.css as the element sees them now. @returns {Record<string, string>} */
export function coloursOf(element) {
  const style = getComputedStyle(element);
  const names = [...COLOURS, ...LANES.map((it) => it.colour), ...Object.values(LIFE_COLOURS)];
  return Object.fromEntries(names.map((it) => [it, style.getPropertyValue(it).trim()]));
}

/** Makes a canvas as large as it is shown, in the screen's pixels. @returns {CanvasRenderingContext2D} */
export function prepared(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/**
 * Calls `visit(tile, from, to)` for the tiles that cover what a scale shows of a log, each with the
 * values that it is to be drawn for: the tile of the scale's level, or while that is missing, a
 * coarser one.
 */
export function eachTile(view, kind, vsmmu, scale, visit) {
  const whole = view.wholeOf(vsmmu);
  if (!whole) {
    return;
  }
  const level = TileCache.level(scale.perPixel, BUCKET_PIXELS);
  const span = TileCache.span(level);
  const last = Math.floor((Math.min(scale.to, whole.to) - 1e-9) / span);
  for (let index = Math.floor(Math.max(scale.from, whole.from) / span); index <= last; index++) {
    for (let up = 0; up === 0 || level + up <= view.coarsest; up++) {
      const tile = view.cache.get(kind, vsmmu, view.by, level + up, Math.floor(index / 2 ** up));
      if (tile) {
        visit(tile, index * span, (index + 1) * span);
        break;
      }
    }
  }
}

/**
 * The rows with counts and lives.
 *
 * @param {import('./view.js').View} view
 */
export function drawRows(context, view) {
  const { scale, rows, colours } = view;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const whole = view.wholeOf(row.vsmmu);
    if (!whole) {
      continue;
    }
    if (row.kind === 'name') {
      context.fillStyle = colours['--panel'];
      context.fillRect(0, row.y, scale.width, row.height);
    } else {
      context.fillStyle = colours['--line'];
      context.globalAlpha = 0.5;
      context.fillRect(0, row.y + row.height - 1, scale.width, 1);
      context.globalAlpha = 1;
    }
    if (row.kind === 'count') {
      let most = 0;
      eachTile(view, 'counts', row.vsmmu, scale, (tile, from, to) => {
        most = Math.max(most, greatest(tile, row.lane, Math.max(from, scale.from), Math.min(to, scale.to)));
      });
      if (most > 0) {
        context.fillStyle = colours[LANES[row.lane].colour];
        const full = Math.log1p(most);
        eachTile(view, 'counts', row.vsmmu, scale, (tile, from, to) => {
          drawBars(context, scale, row, tile, from, to, full);
        });
      }
    } else if (row.kind === 'life') {
      eachTile(view, 'lives', row.vsmmu, scale, (tile, from, to) => {
        drawLife(context, scale, row, tile.lives.get(row.sid), from, Math.min(to, whole.to), colours);
      });
    } else if (row.kind === 'hits' && view.hits) {
      drawHits(context, scale, row, view.hits, colours);
    }
  }
  if (view.events) {
    drawLabels(context, view);
  }
}

function firstBucket(tile, value) {
  if (tile.length === 0) {
    return 0;
  }
  const width = tile.to[0] - tile.from[0];
  return Math.min(tile.length, Math.max(0, Math.floor((value - tile.from[0]) / width)));
}

function greatest(tile, lane, from, to) {
  const counts = tile.counts[lane];
  let most = 0;
  for (let i = firstBucket(tile, from); i < tile.length && tile.from[i] < to; i++) {
    if (counts[i] > most) {
      most = counts[i];
    }
  }
  return most;
}

function drawBars(context, scale, row, tile, from, to, full) {
  const counts = tile.counts[row.lane];
  const room = row.height - 3;
  const bottom = row.y + row.height - 1;
  const end = Math.min(to, scale.to);
  const gap = tile.length > 0 && (tile.to[0] - tile.from[0]) / scale.perPixel >= GAP_FROM ? 1 : 0;
  for (let i = firstBucket(tile, Math.max(from, scale.from)); i < tile.length && tile.from[i] < end; i++) {
    const count = counts[i];
    if (count > 0) {
      const left = Math.round(scale.x(Math.max(from, tile.from[i])));
      const right = Math.round(scale.x(Math.min(to, tile.to[i])));
      const wide = Math.max(1, right - left - gap);
      const single = tile.to[i] - tile.from[i] <= 1;
      const height = Math.max(LEAST_BAR, Math.round((room * Math.log1p(count)) / full));
      context.fillRect(left, bottom - height, single ? Math.min(wide, WIDEST_BAR) : wide, height);
    }
  }
}

/** Each part lasts until the next one; several close configurations are one narrow column of both colours. */
function drawLife(context, scale, row, life, from, to, colours) {
  if (!life) {
    return;
  }
  const top = row.y + 2;
  const height = row.height - 5;
  for (let i = 0; i < life.length; i++) {
    const part = life[i];
    const ends = i + 1 < life.length ? life[i + 1].from : to;
    const begins = Math.max(from, part.from);
    if (ends <= scale.from || begins >= scale.to || ends <= begins) {
      continue;
    }
    const left = Math.max(0, Math.round(scale.x(begins)));
    const right = Math.min(scale.width, Math.round(scale.x(Math.min(ends, to))));
    context.fillStyle = colours[LIFE_COLOURS[part.effective]];
    context.fillRect(left, top, Math.max(1, right - left), height);
    if (part.from >= from) {
      context.fillStyle = colours['--ground'];
      context.fillRect(left, top, 1, height);
    }
    if (part.last > part.from) {
      const mixed = Math.min(right, scale.x(part.last));
      context.fillStyle = colours['--text'];
      context.globalAlpha = 0.4;
      for (let x = Math.max(left, Math.floor(left / 4) * 4); x < mixed; x += 4) {
        context.fillRect(x, top, 2, height);
      }
      context.globalAlpha = 1;
    }
  }
}

function drawHits(context, scale, row, hits, colours) {
  context.fillStyle = colours['--accent'];
  const bottom = row.y + row.height - 1;
  const room = row.height - 3;
  for (let i = 0; i < hits.buckets.length; i++) {
    const bucket = hits.buckets[i];
    if (bucket.count > 0 && bucket.to > scale.from && bucket.from < scale.to) {
      const height = Math.max(LEAST_BAR, (room * Math.log1p(bucket.count)) / Math.log1p(hits.most));
      const left = Math.round(scale.x(bucket.from));
      context.fillRect(left, bottom - height, Math.max(2, Math.round(scale.x(bucket.to)) - left), height);
    }
  }
  for (let i = 0; i < hits.marks.length; i++) {
    const x = Math.round(scale.x(hits.marks[i].value));
    if (x >= -2 && x <= scale.width) {
      context.fillRect(x, row.y + 1, 2, row.height - 2);
    }
  }
}

const PIN_COLOURS = { ERROR: '--kind-fault', WARNING: '--kind-error', INFO: '--quiet', NOTE: '--accent' };

/** Findings as diamonds, notes as flags. */
export function drawPins(context, view) {
  const { scale, colours } = view;
  const row = view.rows.find((it) => it.kind === 'pins');
  if (!row) {
    return;
  }
  const middle = row.y + row.height / 2;
  for (let i = 0; i < view.pins.length; i++) {
    const pin = view.pins[i];
    const x = scale.x(view.pinValue(pin));
    if (!(x >= -8 && x <= scale.width + 8)) {
      continue;
    }
    context.fillStyle = colours[PIN_COLOURS[pin.severity]];
    context.beginPath();
    if (pin.kind === 'note') {
      context.rect(x, middle - 7, 1.5, 14);
      context.rect(x, middle - 7, 9, 7);
    } else {
      context.moveTo(x, middle - 6);
      context.lineTo(x + 5, middle);
      context.lineTo(x, middle + 6);
      context.lineTo(x - 5, middle);
    }
    context.fill();
  }
}

/** What single events are, where there is room behind their marks. */
function drawLabels(context, view) {
  const { scale, rows, colours, events } = view;
  context.font = FONT;
  context.textBaseline = 'middle';
  for (const row of rows) {
    if (row.kind !== 'count') {
      continue;
    }
    const id = LANES[row.lane].id;
    let behind = Infinity;
    for (let i = events.length - 1; i >= 0; i--) {
      const event = events[i];
      const label = event.vsmmu === row.vsmmu ? event.labels[id] : undefined;
      if (label === undefined) {
        continue;
      }
      const x = scale.x(event.value);
      if (x > scale.width || x < -400) {
        continue;
      }
      const room = Math.min(behind, scale.width) - x - WIDEST_BAR - 8;
      if (room > 24) {
        const width = context.measureText(label).width;
        context.fillStyle = colours['--text'];
        if (width <= room) {
          context.fillText(label, x + WIDEST_BAR + 4, row.y + row.height / 2);
        } else {
          const characters = Math.floor((label.length * room) / width) - 1;
          if (characters > 2) {
            context.fillText(`${label.slice(0, characters)}…`, x + WIDEST_BAR + 4, row.y + row.height / 2);
          }
        }
      }
      behind = x;
    }
  }
}

/** The axis: ticks with their values, absolute or relative to the cursor. */
export function drawAxis(context, view) {
  const { scale, colours, axis, cursor, relative } = view;
  const origin = relative && cursor !== null ? cursor : 0;
  const step = axis.step(scale.perPixel * TICKS_APART);
  context.font = FONT;
  context.textBaseline = 'middle';
  for (let value = origin + Math.ceil((scale.from - origin) / step) * step; value < scale.to; value += step) {
    const x = Math.round(scale.x(value));
    context.fillStyle = colours['--line'];
    context.fillRect(x, 0, 1, view.axisHeight);
    context.fillStyle = colours['--quiet'];
    const text = relative ? axis.difference(value - origin) : axis.tick(value, step);
    if (x + 4 + context.measureText(text).width < scale.width) {
      context.fillText(text, x + 4, view.axisHeight / 2);
    }
  }
}

/** The whole log, and which part of it the plot shows. */
export function drawMinimap(context, view, scale, height) {
  const { colours, vsmmus } = view;
  const faults = LANES.findIndex((it) => it.id === 'faults');
  const errors = LANES.findIndex((it) => it.id === 'errors');
  for (const { name } of vsmmus) {
    let most = 1;
    eachTile(view, 'counts', name, scale, (tile) => {
      for (let i = 0; i < tile.length; i++) {
        most = Math.max(most, tile.events[i]);
      }
    });
    eachTile(view, 'counts', name, scale, (tile, from, to) => {
      for (let i = firstBucket(tile, from); i < tile.length && tile.from[i] < to; i++) {
        if (tile.events[i] > 0) {
          const x = Math.floor(scale.x(tile.from[i]));
          const wide = Math.max(1, Math.ceil(scale.x(tile.to[i])) - x);
          const bar = Math.max(2, ((height - 4) * Math.log1p(tile.events[i])) / Math.log1p(most));
          context.fillStyle = colours['--kind-access'];
          context.globalAlpha = 0.55;
          context.fillRect(x, height - bar, wide, bar);
          context.globalAlpha = 1;
          if (tile.counts[faults][i] > 0 || tile.counts[errors][i] > 0) {
            context.fillStyle = colours[tile.counts[errors][i] > 0 ? '--kind-error' : '--kind-fault'];
            context.fillRect(x, 0, Math.max(2, wide - 1), 5);
          }
        }
      }
    });
  }
}
