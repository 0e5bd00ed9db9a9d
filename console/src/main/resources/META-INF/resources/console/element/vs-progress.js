import { LitElement, css, html, nothing } from 'lit';
import { count } from '../core/format.js';
import { sharedStyle } from '../core/shared-style.js';

/**
 * Long work under way. `progress` is {done, total}, or null before the first news; the button sends
 * the event `stop`.
 */
class ProgressElement extends LitElement {
  static properties = { progress: { attribute: false }, label: {}, unit: {} };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      progress {
        flex: 1;
        min-width: 120px;
        accent-color: var(--accent);
      }
    `,
  ];

  constructor() {
    super();
    this.label = 'Working';
    this.unit = 'events';
  }

  render() {
    const { done = 0, total = 0 } = this.progress ?? {};
    return html`<div class="row" role="status">
      <span>${this.label}</span>
      ${total > 0
        ? html`<progress aria-label=${this.label} max=${total} .value=${done}></progress
            ><span class="quiet">${count(done)} of ${count(total)} ${this.unit}</span>`
        : html`<progress aria-label=${this.label}></progress>${done > 0
              ? html`<span class="quiet">${count(done)} ${this.unit}</span>`
              : nothing}`}
      <button @click=${() => this.dispatchEvent(new CustomEvent('stop'))}>Stop</button>
    </div>`;
  }
}

customElements.define('vs-progress', ProgressElement);
