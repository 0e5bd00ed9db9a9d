import { LitElement, css, html, nothing } from 'lit';
import { REACHED } from '../core/api.js';
import { sharedStyle } from '../core/shared-style.js';

/**
 * A refusal of the service, as its problem detail says it. `problem` is an api.js Problem or any Error.
 * That the service is not reached is shown until it answers.
 */
class ProblemElement extends LitElement {
  static properties = { problem: { attribute: false }, over: { state: true } };

  static styles = [
    sharedStyle,
    css`
      div {
        border-left: 3px solid var(--bad);
        background: var(--bad-ground);
        padding: var(--gap) 12px;
        overflow-wrap: anywhere;
      }
      strong {
        display: block;
      }
      ul {
        margin: 4px 0 0;
        padding-left: 20px;
      }
    `,
  ];

  constructor() {
    super();
    this.over = false;
    this.reached = () => (this.over = Boolean(this.problem?.unreached));
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener(REACHED, this.reached);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener(REACHED, this.reached);
  }

  willUpdate(changed) {
    if (changed.has('problem')) {
      this.over = false;
    }
  }

  render() {
    const it = this.problem;
    if (!it || this.over) {
      return nothing;
    }
    const detail = it.detail || it.message;
    return html`<div role="alert">
      ${it.title && it.title !== detail ? html`<strong>${it.title}</strong>` : nothing} ${detail}
      ${it.reasons?.length
        ? html`<ul>
            ${it.reasons.map((reason) => html`<li><code>${reason.field}</code>: ${reason.allowed}</li>`)}
          </ul>`
        : nothing}
    </div>`;
  }
}

customElements.define('vs-problem', ProblemElement);
