import { LitElement, css, html } from 'lit';
import { change, hrefWith, onChange } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';

/**
 * A position of the log as a link that moves the cursor there and keeps the rest of the view.
 * `label` is what it shows instead of the number; `patch` has further parameters of the view.
 */
class PositionElement extends LitElement {
  static properties = { position: { type: Number }, label: {}, patch: { attribute: false } };

  static styles = [
    sharedStyle,
    css`
      a {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
    `,
  ];

  connectedCallback() {
    super.connectedCallback();
    // The link contains the other parameters of the view.
    this.stopListening = onChange(() => this.requestUpdate());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopListening();
  }

  render() {
    return html`<a
      href=${hrefWith({ at: this.position, ...this.patch })}
      aria-label=${this.label ? `${this.label}, position ${this.position}` : `position ${this.position}`}
      @click=${this.clicked}
      >${this.label || this.position}</a
    >`;
  }

  clicked(event) {
    if (event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      change({ at: this.position, ...this.patch });
    }
  }
}

customElements.define('vs-position', PositionElement);
