import { LitElement, css, html } from 'lit';
import { sharedStyle } from '../core/shared-style.js';

/** Pixels by which an arrow key moves the border. */
const KEY_STEP = 20;

/**
 * The border below an area whose height is changed by dragging it, or by the up and down keys.
 * `value`, `min` and `max` are heights in pixels; a change is sent as the event `resized` with the
 * new height as its detail.
 */
class SplitterElement extends LitElement {
  static properties = { value: { type: Number }, min: { type: Number }, max: { type: Number }, label: {} };

  static styles = [
    sharedStyle,
    css`
      div {
        height: 8px;
        cursor: row-resize;
        display: flex;
        align-items: center;
        justify-content: center;
        touch-action: none;
      }
      div::after {
        content: '';
        width: 48px;
        height: 3px;
        border-radius: 2px;
        background: var(--line);
      }
      div:hover::after,
      div:focus-visible::after {
        background: var(--accent);
      }
    `,
  ];

  render() {
    return html`<div
      role="separator"
      tabindex="0"
      aria-label=${this.label}
      aria-orientation="horizontal"
      aria-valuenow=${this.value}
      aria-valuemin=${this.min}
      aria-valuemax=${this.max}
      @keydown=${this.key}
      @pointerdown=${this.grab}
      @pointermove=${this.drag}
    ></div>`;
  }

  key(event) {
    const step = { ArrowUp: -KEY_STEP, ArrowDown: KEY_STEP }[event.key];
    if (step) {
      event.preventDefault();
      this.resizeTo(this.value + step);
    }
  }

  grab(event) {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    this.grabbed = this.value - event.clientY;
  }

  drag(event) {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) {
      this.resizeTo(this.grabbed + event.clientY);
    }
  }

  resizeTo(height) {
    const detail = Math.round(Math.min(this.max, Math.max(this.min, height)));
    this.dispatchEvent(new CustomEvent('resized', { detail }));
  }
}

customElements.define('vs-splitter', SplitterElement);
