import { LitElement, css, html } from 'lit';
import { sharedStyle } from '../core/shared-style.js';

/**
 * A question before an act: what will happen, and the two ways on. It is modal while `open`; Escape
 * and Cancel send the event `cancel`, the other button and Enter in a field send `confirm`. When it
 * closes, the focus goes back to where it was. The content is the element's.
 */
class DialogElement extends LitElement {
  static properties = { open: { type: Boolean }, heading: {}, act: {}, busy: { type: Boolean } };

  static styles = [
    sharedStyle,
    css`
      dialog {
        width: min(560px, 94vw);
        max-height: 90vh;
        overflow: auto;
        padding: 14px 18px;
        color: var(--text);
        background: var(--ground);
        border: 1px solid var(--line);
        border-radius: 6px;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }
      .row {
        justify-content: flex-end;
        margin-top: 14px;
      }
    `,
  ];

  constructor() {
    super();
    this.act = 'OK';
  }

  updated(changed) {
    const dialog = this.renderRoot.querySelector('dialog');
    if (changed.has('open') && Boolean(this.open) !== dialog.open) {
      if (this.open) {
        dialog.showModal();
        (this.querySelector('input, select, textarea') ?? this.renderRoot.querySelector('.cancel')).focus();
      } else {
        dialog.close();
      }
    }
  }

  render() {
    return html`<dialog aria-labelledby="heading" @cancel=${this.cancel} @keydown=${this.key}>
      <h2 id="heading">${this.heading}</h2>
      <slot></slot>
      <div class="row">
        <button class="cancel" @click=${this.cancel}>Cancel</button>
        <button class="primary" ?disabled=${this.busy} @click=${this.confirm}>${this.act}</button>
      </div>
    </dialog>`;
  }

  /** A page's keys do not act behind a dialog; Enter in a field of one line confirms. */
  key(event) {
    event.stopPropagation();
    if (event.key === 'Enter' && event.target.localName === 'input' && !this.busy) {
      event.preventDefault();
      this.confirm();
    }
  }

  cancel(event) {
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('cancel'));
  }

  confirm() {
    this.dispatchEvent(new CustomEvent('confirm'));
  }
}

customElements.define('vs-dialog', DialogElement);
