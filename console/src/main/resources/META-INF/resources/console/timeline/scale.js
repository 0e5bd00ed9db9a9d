/**
 * Which values of an axis are shown, and where. A value is a position, or microseconds since 1970;
 * an event at position p covers the values from p to p + 1. Immutable.
 */
export class Scale {
  /**
   * @param {number} from value at the left edge
   * @param {number} to value at the right edge, greater than `from`
   * @param {number} width of the plot in CSS pixels
   */
  constructor(from, to, width) {
    this.from = from;
    this.to = to;
    this.width = width;
    this.perPixel = (to - from) / width;
  }

  x(value) {
    return (value - this.from) / this.perPixel;
  }

  value(x) {
    return this.from + x * this.perPixel;
  }

  get span() {
    return this.to - this.from;
  }

  /** With `factor` times the span, and the value at pixel x where it is. */
  zoomed(factor, x, whole) {
    const span = bounded(this.span * factor, whole);
    const from = this.value(x) - (x / this.width) * span;
    return new Scale(from, from + span, this.width).within(whole);
  }

  /** Moved to the right by a number of pixels. */
  panned(pixels, whole) {
    const by = pixels * this.perPixel;
    return new Scale(this.from + by, this.to + by, this.width).within(whole);
  }

  /** The same span around another value. */
  centred(value, whole) {
    const from = value - this.span / 2;
    return new Scale(from, from + this.span, this.width).within(whole);
  }

  resized(width) {
    return new Scale(this.from, this.to, width);
  }

  /** Moved and cut so that nothing outside the whole axis is shown. */
  within(whole) {
    const span = bounded(this.span, whole);
    const from = Math.min(Math.max(this.from, whole.from), Math.max(whole.from, whole.to - span));
    return from === this.from && span === this.span ? this : new Scale(from, from + span, this.width);
  }

  same(other) {
    return other && this.from === other.from && this.to === other.to && this.width === other.width;
  }
}

/** @typedef {{from: number, to: number, least: number}} Whole the axis of all vSMMUs that are shown; `least` is the smallest span */

function bounded(span, whole) {
  return Math.min(Math.max(span, Math.min(whole.least, whole.to - whole.from)), whole.to - whole.from);
}
