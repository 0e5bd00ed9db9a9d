import { PINS_PAUSE } from './limits.js';
import { hitsOf, pinsOf, timesOf } from './pins.js';

/** CSS pixels around a mark in which a pointer means it. */
export const NEAR = 10;

/** What is marked on the timeline of a vSMMU: findings and notes as pins, the hits of a search. */
export class Marks {
  /** @param {() => void} changed called after marks have arrived */
  constructor(changed) {
    this.changed = changed;
    /** @type {import('./pins.js').Pin[]} */
    this.pins = [];
    /** Microseconds by position, of pins on an axis of time. @type {Map<number, number>} */
    this.times = new Map();
    /** The hits on the axis; null without a search. */
    this.hits = null;
    this.found = null;
  }

  /** Asks when the vSMMU, the search or the axis is another one. */
  ask(vsmmu, find, axis) {
    this.axis = axis;
    if (vsmmu !== this.vsmmu) {
      this.vsmmu = vsmmu;
      this.pins = [];
      this.askForPins();
    }
    const search = JSON.stringify([vsmmu, find]);
    if (search !== this.search) {
      this.search = search;
      this.askForHits(find);
    }
    if (axis !== this.placed) {
      this.placed = axis;
      this.placeHits();
      this.placePins().catch(() => {});
    }
  }

  /** Asks for pins again if they are old, as those of a log that grows are. */
  askAgain() {
    if (performance.now() - this.asked > PINS_PAUSE) {
      this.askForPins();
    }
  }

  close() {
    this.asking?.abort();
    this.searching?.abort();
  }

  /** The panels of findings and notes say what is wrong with them. */
  async askForPins() {
    this.asked = performance.now();
    this.asking?.abort();
    const abort = new AbortController();
    this.asking = abort;
    try {
      this.pins = await pinsOf(this.vsmmu, abort.signal);
      await this.placePins();
    } catch {
      // Without pins the timeline is whole.
    }
  }

  /** On an axis of time the service has to say when each position was. */
  async placePins() {
    if (this.axis.id === 'time') {
      const positions = this.pins.map((it) => it.position).filter((it) => !this.times.has(it));
      const times = await timesOf(this.vsmmu, positions, this.asking?.signal);
      this.times = new Map([...this.times, ...times]);
    }
    this.changed();
  }

  /** @returns {number | undefined} where a pin is on the axis, if that is known */
  valueOf(pin) {
    return this.axis.id === 'position' ? pin.position : this.times.get(pin.position);
  }

  /** The search's bar says what is wrong with a search. */
  async askForHits(find) {
    this.searching?.abort();
    this.found = null;
    this.placeHits();
    if (!find) {
      return;
    }
    const abort = new AbortController();
    this.searching = abort;
    try {
      this.found = await hitsOf(this.vsmmu, find, abort.signal);
      this.placeHits();
    } catch {
      // Without hits the timeline is whole.
    }
  }

  /** Single hits if all are known; else counts of intervals, which are of positions. */
  placeHits() {
    const { found, axis } = this;
    this.hits = found && {
      ...found,
      buckets: axis.id === 'position' && !found.all ? found.buckets : [],
      marks: found.all || axis.id === 'time' ? found.hits.map((it) => ({ value: axis.of(it) })) : [],
    };
    this.changed();
  }

  /** The position of the hit at a pixel; null without one. */
  hitNear(scale, x) {
    let [least, position] = [NEAR, null];
    for (const hit of this.found?.hits ?? []) {
      const away = Math.abs(scale.x(this.axis.of(hit)) - x);
      if (away < least) {
        [least, position] = [away, hit.position];
      }
    }
    return position;
  }
}
