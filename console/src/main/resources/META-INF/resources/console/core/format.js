/** How numbers and times are written. */

const COUNT = new Intl.NumberFormat('en');
const UNITS = [
  ['ns', 1e-9],
  ['us', 1e-6],
  ['ms', 1e-3],
  ['s', 1],
  ['min', 60],
  ['h', 3600],
  ['d', 86400],
];

/** 1314 as 1,314. */
export function count(number) {
  return COUNT.format(number);
}

/** A number of things: `1 event`, `1,314 events`. */
export function counted(number, word) {
  return `${count(number)} ${word}${number === 1 ? '' : 's'}`;
}

/** Seconds in the unit that gives the fewest digits: 0.00069 as 690 us. */
export function duration(seconds) {
  const size = Math.abs(seconds);
  if (size === 0) {
    return '0 s';
  }
  const [unit, one] = [...UNITS].reverse().find(([, value]) => size >= value) ?? UNITS[0];
  return `${Number((seconds / one).toPrecision(3))} ${unit}`;
}

/** An instant of the service as microseconds since 1970; Date keeps milliseconds only. */
export function micros(instant) {
  const fraction = /\.(\d+)/.exec(instant)?.[1] ?? '';
  return Math.floor(Date.parse(instant) / 1000) * 1e6 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** 2026-11-29 12:00:03.004512, in UTC. */
export function absolute(instant) {
  const at = micros(instant);
  const whole = new Date(Math.floor(at / 1e6) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return `${whole}.${String(at % 1e6).padStart(6, '0')}`;
}

/** An instant against another one: +690 us, -2 s. */
export function relative(instant, to) {
  const difference = (micros(instant) - micros(to)) / 1e6;
  return `${difference < 0 ? '-' : '+'}${duration(Math.abs(difference))}`;
}

/** How long ago: 3 s ago. */
export function ago(instant, now = Date.now()) {
  const seconds = Math.max(0, now / 1000 - micros(instant) / 1e6);
  return seconds < 1 ? 'now' : `${duration(Math.floor(seconds))} ago`;
}
