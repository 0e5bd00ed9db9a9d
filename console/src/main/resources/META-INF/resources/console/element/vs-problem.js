import { LitElement, css, html, nothing } from 'lit';
import { sharedStyle } from '../core/shared-style.js';

/** A refusal of the service, as its problem detail says it. `problem` is an api.js Problem or any Error. */
class ProblemElement extends LitElement {
  static properties = { problem: { attribute: false } };

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

  render() {
    const it = this.problem;
    if (!it) {
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
