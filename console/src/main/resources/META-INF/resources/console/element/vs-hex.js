import { LitElement, css, html, nothing } from 'lit';
import { fieldBits, fieldMeaning, fieldText, fieldValue } from '../core/architecture.js';
import { sharedStyle } from '../core/shared-style.js';

/** Between the number and what opens below it, and to the window's edges, in pixels. */
const DISTANCE = 4;

/** How long "Copied" is shown, in milliseconds. */
const NOTICE = 1500;

/**
 * A hexadecimal number, whose bits and fields a click or Enter shows.
 *
 * - `value`: "0x.." text, or null
 * - `name`: what it is, for its accessible name and its title
 * - `fields`: its fields (core/architecture.js), or null; of a structure, those of word `word`
 * - `width`: bits that it has; by default 32 if it fits, else 64
 * - `known`: a bigint with the bits that are known; by default all of them
 */
class HexElement extends LitElement {
  static properties = {
    value: {},
    name: {},
    fields: { attribute: false },
    word: { type: Number },
    width: { type: Number },
    known: { attribute: false },
    open: { state: true },
    copied: { state: true },
    marked: { state: true },
  };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: inline-block;
      }
      button.number {
        font-family: var(--mono);
        font-size: 0.93em;
        color: inherit;
        background: none;
        border: 0;
        border-bottom: 1px dotted var(--quiet);
        border-radius: 0;
        padding: 0;
        text-align: left;
        white-space: nowrap;
        user-select: text;
      }
      button.number:hover {
        border-bottom-color: var(--accent);
        color: var(--accent);
      }
      [popover] {
        position: fixed;
        inset: auto;
        margin: 0;
        max-width: calc(100vw - 16px);
        max-height: calc(100vh - 16px);
        overflow: auto;
        padding: 10px 12px;
        color: var(--text);
        background: var(--ground);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        box-shadow: 0 4px 16px rgb(0 0 0 / 0.25);
      }
      .row {
        justify-content: space-between;
        margin-bottom: 6px;
      }
      .bits {
        display: grid;
        grid-template-columns: repeat(8, auto);
        gap: 4px 10px;
        justify-content: start;
        font-family: var(--mono);
        font-size: 0.86em;
        line-height: 1.25;
        margin-bottom: 6px;
      }
      .digit {
        text-align: center;
      }
      .digit small {
        display: block;
        color: var(--quiet);
        font-size: 0.86em;
      }
      .set {
        font-weight: 700;
      }
      .clear {
        color: var(--quiet);
      }
      .marked {
        background: var(--mark);
      }
      table {
        width: auto;
        min-width: 100%;
      }
      tr[data-zero] td {
        color: var(--quiet);
      }
    `,
  ];

  constructor() {
    super();
    this.word = 0;
    this.width = 0;
  }

  render() {
    const number = parsed(this.value);
    if (number === null) {
      return html`<span class="mono">${this.value ?? '–'}</span>`;
    }
    return html`<button
        class="number"
        popovertarget="bits"
        aria-haspopup="dialog"
        aria-label=${this.name ? `${this.name} ${this.value}` : nothing}
        title="Show the bits"
        @click=${(event) => event.stopPropagation()}
      >
        ${this.value}
      </button>
      <div
        id="bits"
        popover="auto"
        role="dialog"
        aria-label=${`Bits of ${this.name ?? this.value}`}
        @beforetoggle=${this.toggled}
        @click=${(event) => event.stopPropagation()}
      >
        ${this.open ? this.details(number) : nothing}
      </div>`;
  }

  details(number) {
    const fields = (this.fields ?? []).filter((it) => it.word === this.word);
    const width = this.width || (number >> 32n === 0n ? 32 : 64);
    return html`<div class="row">
        <span><strong>${this.name ?? ''}</strong> <code>${this.value}</code> <span class="quiet">= ${number}</span></span>
        <button @click=${this.copy}>${this.copied ? 'Copied' : 'Copy'}</button>
      </div>
      <div class="bits" role="img" aria-label=${this.spoken(number)}>
        ${Array.from({ length: width / 4 }, (_, i) => this.digit(number, width - 4 * i - 1))}
      </div>
      ${fields.length ? this.table(fields, number) : nothing}`;
  }

  /** Four bits with the number of the highest one above them and their digit below. */
  digit(number, high) {
    const bits = [high, high - 1, high - 2, high - 3];
    return html`<span class="digit"
      ><small>${high}</small>${bits.map((bit) => {
        const set = (number >> BigInt(bit)) & 1n;
        const unknown = !this.knows(1n << BigInt(bit));
        const marked = this.marked && bit <= this.marked.high && bit >= this.marked.low ? ' marked' : '';
        return html`<span class="${set ? 'set' : 'clear'}${marked}">${unknown ? '?' : set}</span>`;
      })}<small>${((number >> BigInt(high - 3)) & 15n).toString(16)}</small></span
    >`;
  }

  /** Whether any bit of a mask is known. */
  knows(mask) {
    return this.known === null || this.known === undefined || (this.known & mask) !== 0n;
  }

  spoken(number) {
    const set = [];
    for (let bit = 63; bit >= 0; bit--) {
      if ((number >> BigInt(bit)) & 1n) {
        set.push(bit);
      }
    }
    return `${set.length ? `Bits that are set: ${set.join(', ')}` : 'No bit is set'}${this.known ? '; some are unknown' : ''}`;
  }

  table(fields, number) {
    return html`<table>
      <thead>
        <tr>
          <th>Field</th>
          <th>Bits</th>
          <th>Value</th>
          <th>Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${fields.map((field) => {
          const value = fieldValue(field, number);
          const known = this.knows(((1n << BigInt(field.high - field.low + 1)) - 1n) << BigInt(field.low));
          return html`<tr
            ?data-zero=${value === 0n}
            @pointerenter=${() => (this.marked = field)}
            @pointerleave=${() => (this.marked = null)}
          >
            <td>${field.name}</td>
            <td class="mono">${fieldBits(field)}</td>
            <td class="mono">${known ? fieldText(field, number) : '?'}</td>
            <td>${known ? fieldMeaning(field, value) : 'unknown'}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
  }

  toggled(event) {
    this.open = event.newState === 'open';
    if (this.open) {
      // Its size is known when it is drawn, which is before the browser paints it.
      this.updateComplete.then(() => this.place());
    }
  }

  /** Below the number, or above it if there is no room. */
  place() {
    const popup = this.renderRoot.querySelector('[popover]');
    const button = this.renderRoot.querySelector('button').getBoundingClientRect();
    const size = popup.getBoundingClientRect();
    const below = button.bottom + DISTANCE;
    const fits = below + size.height + DISTANCE <= innerHeight;
    const left = Math.min(button.left, innerWidth - size.width - 2 * DISTANCE);
    popup.style.top = `${fits ? below : Math.max(DISTANCE, button.top - DISTANCE - size.height)}px`;
    popup.style.left = `${Math.max(DISTANCE, left)}px`;
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.value);
    } catch {
      // Without a secure context there is no clipboard; the marked text can be copied by hand.
      getSelection().selectAllChildren(this.renderRoot.querySelector('code'));
      return;
    }
    this.copied = true;
    setTimeout(() => (this.copied = false), NOTICE);
  }
}

/** The number of a "0x.." text; null for anything else. */
function parsed(text) {
  return /^0x[0-9a-f]{1,16}$/i.test(text ?? '') ? BigInt(text) : null;
}

customElements.define('vs-hex', HexElement);
