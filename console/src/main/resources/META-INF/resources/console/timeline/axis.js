import { absolute, count, duration } from '../core/format.js';

/**
 * The two axes of a timeline: what their values are, how they are written and how the service is
 * asked about them.
 *
 * @typedef {object} Axis
 * @property {string} id value of the parameter `by`
 * @property {number} least the smallest span that can be shown
 * @property {(event: {position: number, time: number}) => number} of the value of an event, whose time is in microseconds
 * @property {(value: number) => string | number} bound the value as a bound of a request, and in an address
 * @property {(text: string) => number} read the inverse of `bound`; NaN if it is none
 * @property {(value: number) => string} text
 * @property {(value: number, step: number) => string} tick the value at a tick, where ticks are `step` apart
 * @property {(least: number) => number} step between two ticks: a round number, at least this
 * @property {(difference: number) => string} difference
 */

const MICROS = 1e6;

/** Microseconds since 1970 as an instant that the service reads. */
export function instant(micros) {
  const seconds = Math.floor(micros / MICROS);
  const rest = Math.floor(micros - seconds * MICROS);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(rest).padStart(6, '0')}Z`;
}

/** Seconds between ticks that a clock reads as round. */
const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

/** 1, 2 or 5 times a power of ten. */
function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].find((it) => it * power >= least * (1 - 1e-9)) * power;
}

function clockStep(least) {
  const seconds = CLOCK.find((it) => it * MICROS >= least);
  const day = CLOCK.at(-1);
  return (seconds ?? roundStep(least / MICROS / day) * day) * MICROS;
}

/** @type {Record<string, Axis>} */
export const AXES = {
  position: {
    id: 'position',
    least: 8,
    of: (event) => event.position,
    bound: (value) => Math.floor(value),
    read: (text) => (/^\d+$/.test(text ?? '') ? Number(text) : NaN),
    text: (value) => count(Math.floor(value)),
    tick: (value) => count(value),
    step: (least) => roundStep(Math.max(1, least)),
    difference: (value) => `${value < 0 ? '−' : '+'}${count(Math.abs(Math.round(value)))}`,
  },
  time: {
    id: 'time',
    least: 20,
    of: (event) => event.time,
    bound: instant,
    read: (text) => {
      const milliseconds = /^\d{4}-\d\d-\d\dT/.test(text ?? '') ? Date.parse(text) : NaN;
      const fraction = /\.\d{3}(\d{1,3})/.exec(text ?? '')?.[1] ?? '';
      return milliseconds * 1000 + Number(fraction.padEnd(3, '0'));
    },
    text: (value) => absolute(instant(value)),
    step: (least) => (least <= MICROS ? roundStep(Math.max(1, least)) : clockStep(least)),
    tick: (value, step) => {
      const [date, time] = absolute(instant(value)).split(' ');
      const digits = step >= MICROS ? 0 : Math.min(6, Math.ceil(6 - Math.log10(step)));
      return step >= 86400 * MICROS ? date : time.slice(0, digits ? 9 + digits : 8);
    },
    difference: (value) => `${value < 0 ? '−' : '+'}${duration(Math.abs(value) / MICROS)}`,
  },
};

/** @returns {Axis} */
export function axisOf(by) {
  return by === 'time' ? AXES.time : AXES.position;
}
