import { LitElement, css, html, nothing } from 'lit';
import { importFiles } from '../core/imports.js';
import { go } from '../core/route.js';
import { refusal } from '../core/session.js';
import { sharedStyle } from '../core/shared-style.js';

/** Takes files that are dropped anywhere on the page, imports them, and shows how far they are. */
class DropElement extends LitElement {
  static properties = { over: { state: true } };

  static styles = [
    sharedStyle,
    css`
      div {
        position: fixed;
        inset: 0;
        z-index: 8;
        display: grid;
        place-items: center;
        font-size: 1.3rem;
        color: var(--text);
        background: color-mix(in srgb, var(--ground) 85%, transparent);
        border: 3px dashed var(--accent);
        pointer-events: none;
      }
    `,
  ];

  constructor() {
    super();
    this.over = false;
    this.listeners = {
      dragover: (event) => this.dragged(event),
      dragleave: (event) => event.relatedTarget === null && (this.over = false),
      drop: (event) => this.dropped(event),
    };
  }

  connectedCallback() {
    super.connectedCallback();
    Object.entries(this.listeners).forEach(([type, listener]) => addEventListener(type, listener));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    Object.entries(this.listeners).forEach(([type, listener]) => removeEventListener(type, listener));
  }

  dragged(event) {
    if (event.dataTransfer?.types.includes('Files')) {
      event.preventDefault();
      this.over = true;
    }
  }

  dropped(event) {
    if (event.dataTransfer?.types.includes('Files')) {
      event.preventDefault();
      this.over = false;
      if (!refusal('operator', { whole: true })) {
        importFiles(event.dataTransfer.files);
      }
      go(['recordings']);
    }
  }

  render() {
    return this.over ? html`<div>Drop a recording or an export to import it</div>` : nothing;
  }
}

customElements.define('vs-drop', DropElement);
