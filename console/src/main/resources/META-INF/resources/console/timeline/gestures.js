/** CSS pixels that a pressed pointer may move and still be a click. */
const CLICK = 3;

/** How much a wheel's step zooms: pixels of a step to the power of e. */
const WHEEL = 0.0018;
const LINE_PIXELS = 16;
const STEEPEST = 400;

/**
 * Mouse, pen and fingers on the plot: the wheel zooms around the pointer, dragging pans, dragging
 * with shift selects a range, a double click zooms, a click is a click, two fingers zoom.
 *
 * @typedef {object} Handlers x and y in pixels of the plot
 * @property {(factor: number, x: number) => void} zoom
 * @property {(pixels: number) => void} pan
 * @property {(from: number, to: number, done: boolean) => void} select
 * @property {(x: number, y: number) => void} click
 * @property {(x: number) => void} double
 * @property {(x: number, y: number) => void} hover
 * @property {() => void} leave
 */
export class Gestures {
  /**
   * @param {HTMLElement} plot
   * @param {HTMLElement} overlay what lies on the plot; the wheel is the plot's there too
   * @param {Handlers} handlers
   */
  constructor(plot, overlay, handlers) {
    this.plot = plot;
    this.handlers = handlers;
    /** Pressed pointers by id. @type {Map<number, {x: number, y: number}>} */
    this.pressed = new Map();
    [plot, overlay].forEach((it) => it.addEventListener('wheel', (event) => this.wheel(event), { passive: false }));
    plot.addEventListener('pointerdown', (event) => this.down(event));
    plot.addEventListener('pointermove', (event) => this.move(event));
    plot.addEventListener('pointerup', (event) => this.up(event));
    plot.addEventListener('pointercancel', (event) => this.cancel(event));
    plot.addEventListener('pointerleave', () => this.handlers.leave());
    plot.addEventListener('dblclick', (event) => this.handlers.double(this.point(event).x));
  }

  point(event) {
    const box = this.plot.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1;
    const across = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
    if (Math.abs(across) > Math.abs(event.deltaY) || event.shiftKey) {
      this.handlers.pan(across * unit);
    } else {
      const steps = Math.max(-STEEPEST, Math.min(STEEPEST, event.deltaY * unit));
      this.handlers.zoom(Math.exp(steps * WHEEL), this.point(event).x);
    }
  }

  down(event) {
    if (event.button !== 0) {
      return;
    }
    this.plot.setPointerCapture(event.pointerId);
    const point = this.point(event);
    this.pressed.set(event.pointerId, point);
    this.moved = this.pressed.size > 1;
    this.start = point;
    this.selecting = event.shiftKey && this.pressed.size === 1;
  }

  move(event) {
    const point = this.point(event);
    const before = this.pressed.get(event.pointerId);
    if (!before) {
      this.handlers.hover(point.x, point.y);
      return;
    }
    if (this.pressed.size === 2) {
      this.pinch(event.pointerId, before, point);
    } else if (this.moved || Math.abs(point.x - this.start.x) > CLICK) {
      this.moved = true;
      if (this.selecting) {
        this.handlers.select(this.start.x, point.x, false);
      } else {
        this.handlers.pan(before.x - point.x);
      }
    } else {
      return;
    }
    this.pressed.set(event.pointerId, point);
  }

  pinch(pointerId, before, now) {
    const [other] = [...this.pressed].filter(([id]) => id !== pointerId).map(([, point]) => point);
    const was = Math.abs(before.x - other.x);
    const is = Math.abs(now.x - other.x);
    if (was > 1 && is > 1) {
      this.handlers.zoom(was / is, (now.x + other.x) / 2);
    }
  }

  up(event) {
    if (!this.pressed.delete(event.pointerId)) {
      return;
    }
    const point = this.point(event);
    if (this.selecting && this.moved) {
      this.handlers.select(this.start.x, point.x, true);
    } else if (!this.moved) {
      this.handlers.click(point.x, point.y);
    }
    this.selecting = false;
  }

  cancel(event) {
    this.pressed.delete(event.pointerId);
    this.selecting = false;
  }
}
