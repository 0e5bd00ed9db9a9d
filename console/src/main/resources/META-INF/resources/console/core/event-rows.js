import { get, path } from './api.js';

/** Rows that one question gives. */
const PAGE = 200;

/** Rows that are kept; when more are read, those at the other end are dropped. */
export const ROWS_LIMIT = 800;

/**
 * The rows of a list of events around what is on the screen: a piece of the log without holes, at
 * most {@link ROWS_LIMIT} rows, that is read further at its ends. The log itself may have millions.
 */
export class EventRows {
  /** Oldest first. */
  items = [];

  /** Whether there may be rows in front of the first, and behind the last. */
  earlier = false;
  later = false;

  /** Why rows could not be read; an api.js Problem. */
  problem = null;

  loading = false;

  /**
   * @param {string} vsmmu name
   * @param {Record<string, string>} filters parameters of GET .../events
   * @param {() => void} changed called after every change
   */
  constructor(vsmmu, filters, changed) {
    this.resource = path('vsmmus', vsmmu, 'events');
    this.filters = filters;
    this.changed = changed;
  }

  /**
   * Reads the rows around a place, in exchange for those that there are.
   *
   * @param {{around: number} | {fraction: number}} place
   * @returns {Promise<number | null>} the position of the last row up to the place; null if there is
   *     none, or if the rows of another place were asked for meanwhile
   */
  async jump(place) {
    const given = 'fraction' in place ? { fraction: place.fraction.toFixed(9) } : place;
    const page = await this.ask({ ...given, limit: PAGE });
    if (!page) {
      return null;
    }
    this.items = page.items;
    this.earlier = page.previous !== null;
    this.later = page.next !== null;
    this.before = page.previous;
    this.after = page.next;
    this.changed();
    return page.at ?? null;
  }

  /** @returns {Promise<number>} how many rows were put in front of the first */
  async extendUp() {
    if (!this.earlier || this.loading) {
      return 0;
    }
    const page = await this.ask({ before: this.before, limit: PAGE });
    if (!page) {
      return 0;
    }
    this.before = page.previous;
    this.earlier = page.previous !== null;
    this.items = [...page.items, ...this.items];
    if (this.items.length > ROWS_LIMIT) {
      this.items.length = ROWS_LIMIT;
      this.later = true;
      this.after = this.items.at(-1).position;
    }
    this.changed();
    return page.items.length;
  }

  /** @returns {Promise<number>} how many rows were dropped in front */
  async extendDown() {
    if (!this.later || this.loading) {
      return 0;
    }
    return this.append(await this.ask({ after: this.after, limit: PAGE }));
  }

  /** Reads what was appended to the log behind the last row. */
  async follow() {
    if (this.later || this.loading || this.items.length === 0) {
      return 0;
    }
    return this.append(await this.ask({ after: this.items.at(-1).position, limit: PAGE }));
  }

  append(page) {
    if (!page) {
      return 0;
    }
    this.after = page.next;
    this.later = page.next !== null;
    this.items = [...this.items, ...page.items];
    const dropped = Math.max(0, this.items.length - ROWS_LIMIT);
    if (dropped > 0) {
      this.items = this.items.slice(dropped);
      this.earlier = true;
      this.before = this.items[0].position;
    }
    this.changed();
    return dropped;
  }

  /** One question at a time: a further one ends the one before. */
  async ask(query) {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.loading = true;
    try {
      const page = await get(this.resource, { ...this.filters, ...query }, { signal: abort.signal });
      this.problem = null;
      return abort.signal.aborted ? null : page;
    } catch (failure) {
      if (failure.name !== 'AbortError') {
        this.problem = failure;
        this.changed();
      }
      return null;
    } finally {
      if (this.abort === abort) {
        this.loading = false;
      }
    }
  }

  stop() {
    this.abort?.abort();
  }

  /** Index of the row with this position, or of the last one in front of it; -1 if it is not among the rows. */
  indexOf(position) {
    const { items } = this;
    if (items.length === 0 || position < items[0].position) {
      return -1;
    }
    let low = 0;
    let high = items.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (items[middle].position <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low === items.length - 1 && this.later && items[low].position < position ? -1 : low;
  }
}
