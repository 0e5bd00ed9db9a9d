import { REQUESTS, RETRY, SETTLE, TILES, TILE_BUCKETS } from './limits.js';

/**
 * Parts of logs at several resolutions. A tile of level k holds {@link TILE_BUCKETS} buckets of 2^k
 * values of an axis. What a view needs is asked for when the view has stayed the same for a moment;
 * requests for what is no longer needed are aborted; meanwhile coarser tiles are drawn.
 *
 * @typedef {{kind: string, vsmmu: string, by: string, level: number, index: number}} Key
 */
export class TileCache {
  /**
   * @param {(key: Key, range: {from: number, to: number}, signal: AbortSignal) => Promise<object>} load
   * @param {() => void} changed called after a tile has arrived, or could not be read
   */
  constructor(load, changed) {
    this.load = load;
    this.changed = changed;
    /** In the order of their last use. @type {Map<string, {tile: object, end: number}>} */
    this.tiles = new Map();
    /** @type {Map<string, AbortController>} */
    this.running = new Map();
    /** When a tile that could not be read may be asked for again, in milliseconds. @type {Map<string, number>} */
    this.failed = new Map();
    this.wanted = [];
    this.problem = null;
    /** The number of tiles that have arrived. */
    this.arrived = 0;
  }

  /** The level whose buckets are at least `pixels` wide. */
  static level(perPixel, pixels) {
    return Math.max(0, Math.ceil(Math.log2(perPixel * pixels)));
  }

  /** Values that a tile covers. */
  static span(level) {
    return TILE_BUCKETS * 2 ** level;
  }

  /** The tile, also one that has a part of its range only because the log was shorter then; or null. */
  get(kind, vsmmu, by, level, index) {
    const key = name(kind, vsmmu, by, level, index);
    const entry = this.tiles.get(key);
    if (!entry) {
      return null;
    }
    this.tiles.delete(key);
    this.tiles.set(key, entry);
    return entry.tile;
  }

  /**
   * Says what the view needs, most urgent first, and the end of the log on the axis. While the view
   * is zoomed nothing is asked for; while it is panned, what comes into sight is.
   *
   * @param {(Key & {end: number})[]} keys
   * @param {number} level of the view
   */
  want(keys, level) {
    this.wanted = keys;
    if (level !== this.level) {
      this.level = level;
      clearTimeout(this.timer);
      this.timer = null;
    }
    if (!this.timer && keys.some((key) => this.missing(key))) {
      this.timer = setTimeout(() => {
        this.timer = null;
        this.start();
      }, SETTLE);
    }
  }

  close() {
    clearTimeout(this.timer);
    this.timer = null;
    this.wanted = [];
    this.running.forEach((abort) => abort.abort());
    this.running.clear();
  }

  /** Whether a tile is not there, or was read when the log ended within it and was shorter. */
  missing(key) {
    const itsName = name(key.kind, key.vsmmu, key.by, key.level, key.index);
    if ((this.failed.get(itsName) ?? 0) > Date.now()) {
      return false;
    }
    const entry = this.tiles.get(itsName);
    if (!entry) {
      return true;
    }
    const end = (key.index + 1) * TileCache.span(key.level);
    return entry.end < Math.min(end, key.end);
  }

  start() {
    const names = new Set(this.wanted.map((key) => name(key.kind, key.vsmmu, key.by, key.level, key.index)));
    for (const [key, abort] of this.running) {
      if (!names.has(key)) {
        abort.abort();
        this.running.delete(key);
      }
    }
    for (const key of this.wanted) {
      const itsName = name(key.kind, key.vsmmu, key.by, key.level, key.index);
      if (this.running.size < REQUESTS && !this.running.has(itsName) && this.missing(key)) {
        this.ask(itsName, key);
      }
    }
  }

  async ask(itsName, key) {
    const abort = new AbortController();
    this.running.set(itsName, abort);
    const span = TileCache.span(key.level);
    const from = key.index * span;
    try {
      const to = Math.min(from + span, key.end);
      const tile = await this.load(key, { from, to }, abort.signal);
      this.arrived++;
      this.tiles.delete(itsName);
      this.tiles.set(itsName, { tile, end: to });
      for (const oldest of this.tiles.keys()) {
        if (this.tiles.size <= TILES) {
          break;
        }
        this.tiles.delete(oldest);
      }
      this.failed.clear();
      this.problem = null;
    } catch (failure) {
      if (failure.name === 'AbortError') {
        return;
      }
      this.failed.set(itsName, Date.now() + RETRY);
      this.problem = failure;
    }
    if (this.running.get(itsName) === abort) {
      this.running.delete(itsName);
    }
    this.changed();
    this.start();
  }
}

function name(kind, vsmmu, by, level, index) {
  return `${kind} ${by} ${level} ${index} ${vsmmu}`;
}
