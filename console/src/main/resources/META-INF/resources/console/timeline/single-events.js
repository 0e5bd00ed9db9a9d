import { get, path } from '../core/api.js';
import { micros } from '../core/format.js';
import { labelsOf } from './labels.js';
import { EVENTS, EVENT_PIXELS } from './limits.js';
import { NEAR } from './marks.js';
import { eventsInView } from './view.js';

/**
 * The events of a view that has so few that each is drawn by itself.
 *
 * @typedef {{vsmmu: string, value: number, position: number, type: string, time: string, labels: Record<string, string>}} Single
 */
export class SingleEvents {
  /**
   * @param {() => void} changed called after events have arrived
   * @param {(problem: Error) => void} failed
   */
  constructor(changed, failed) {
    this.changed = changed;
    this.failed = failed;
    this.clear();
  }

  clear() {
    /** In the order of their values; null while the view has more. @type {Single[] | null} */
    this.events = null;
    this.question = null;
    this.range = null;
  }

  close() {
    this.asking?.abort();
  }

  /**
   * Reads the events of a view if they are few, and are not known yet.
   *
   * @param {import('./view.js').View} view
   * @param {{from: number, to: number}} whole the axis of all logs
   */
  async ask(view, whole) {
    const { scale, axis } = view;
    if (!few(view)) {
      this.clear();
      return;
    }
    const known = this.range;
    if (known && known.from <= scale.from && (known.to >= scale.to || known.end === whole.to)) {
      return;
    }
    const question = `${axis.id} ${scale.from} ${scale.to} ${whole.to}`;
    if (question === this.question) {
      return;
    }
    this.question = question;
    this.asking?.abort();
    const abort = new AbortController();
    this.asking = abort;
    // A screen more on both sides, so that panning shows events at once.
    const margin = axis.id === 'position' ? scale.span : 0;
    const from = Math.max(whole.from, scale.from - margin);
    const to = Math.min(whole.to, scale.to + margin);
    const query = { from: axis.bound(Math.max(from, 1)), to: axis.bound(to), limit: EVENTS };
    try {
      const pages = await Promise.all(
        view.vsmmus.map(({ name }) => get(path('vsmmus', name, 'events'), query, { signal: abort.signal })),
      );
      const events = pages.flatMap((page, at) => page.items.map((event) => single(axis, event, view.vsmmus[at].name)));
      events.sort((a, b) => a.value - b.value);
      const complete = pages.every((page) => page.next === null || page.items.length < EVENTS);
      this.events = events;
      this.range = { from, to: complete ? to : (events.at(-1)?.value ?? to), end: whole.to };
      this.changed();
    } catch (failure) {
      if (failure.name !== 'AbortError') {
        this.failed(failure);
      }
    }
  }

  /** The event at a pixel of a vSMMU's row, of those that are in this lane. @returns {Single | null} */
  near(scale, x, vsmmu, lane) {
    let [least, found] = [NEAR, null];
    for (const event of this.events ?? []) {
      const away = Math.abs(scale.x(event.value) - x);
      if (event.vsmmu === vsmmu && away < least && (!lane || lane in event.labels)) {
        [least, found] = [away, event];
      }
    }
    return found;
  }
}

function few(view) {
  const most = Math.min(EVENTS / 3, view.scale.width / EVENT_PIXELS);
  return view.axis.id === 'position'
    ? view.scale.span <= most
    : view.vsmmus.reduce((all, { name }) => all + eventsInView(view, name), 0) <= most;
}

function single(axis, event, vsmmu) {
  return {
    vsmmu,
    value: axis.of({ position: event.position, time: micros(event.time) }),
    position: event.position,
    type: event.type,
    time: event.time,
    labels: labelsOf(event),
  };
}
