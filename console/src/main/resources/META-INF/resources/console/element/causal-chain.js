import { LitElement, css, html, nothing } from 'lit';
import { duration } from '../core/format.js';
import { kindStyle } from '../core/kind-style.js';
import { hrefWith } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import './vs-position.js';

/** The kinds of steps: a word, and the kind whose colour it has. */
const KINDS = {
  ACCESS: ['access', 'access'],
  STIMULUS: ['stimulus', 'access'],
  COMMAND: ['command', 'command'],
  DECISION: ['decision', 'stream'],
  HOST_CALL: ['host call', 'host'],
  RECORDED_CALL: ['recorded call', 'host'],
  GUEST_SEES: ['guest sees', 'good'],
};

/** The steps from a guest's access to what the guest saw. `chain`: as GET .../why gives it. */
class CausalChain extends LitElement {
  static properties = { chain: { attribute: false } };

  static styles = [
    sharedStyle,
    kindStyle,
    css`
      :host {
        display: block;
      }
      ol {
        display: grid;
        grid-template-columns: repeat(3, max-content) minmax(0, 1fr);
        column-gap: 10px;
        list-style: none;
        margin: 0 0 var(--gap);
        padding: 0;
      }
      ol > li {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        padding: 3px 6px 3px 8px;
        border-left: 3px solid var(--line);
      }
      ol > li.asked {
        background: var(--accent-ground);
        border-left-color: var(--accent);
      }
      .kind {
        font-weight: 600;
      }
      .time {
        text-align: right;
        color: var(--quiet);
        white-space: nowrap;
      }
      .text {
        overflow-wrap: anywhere;
      }
      ul {
        margin: 0;
        padding-left: 18px;
      }
    `,
  ];

  render() {
    const { steps, omitted, notes } = this.chain;
    let last = null;
    return html`<ol aria-label="From the access to what the guest saw">
        ${steps.map((step) => {
          const repeated = step.position === last;
          last = step.position;
          return this.step(step, repeated);
        })}
      </ol>
      ${omitted
        ? html`<p class="quiet">
            ${omitted} more steps are left out.
            <a href=${hrefWith({ 'why.all': 1 })}>Show all</a>
          </p>`
        : nothing}
      ${notes.length
        ? html`<ul class="quiet">
            ${notes.map((note) => html`<li>${note}</li>`)}
          </ul>`
        : nothing}`;
  }

  step(step, repeated) {
    const [word, kind] = KINDS[step.kind] ?? [step.kind, 'access'];
    return html`<li class=${step.asked ? 'asked' : ''} aria-current=${step.asked ? 'step' : nothing}>
      <span>${repeated ? html`<span class="unseen">position ${step.position}</span>` : html`<vs-position .position=${step.position}></vs-position>`}</span>
      <span class="kind ${kind}">${word}</span>
      <span class="time" title="since the first step">${step.micros === null ? '' : `+${duration(step.micros / 1e6)}`}</span>
      <span class="text">${step.text}</span>
    </li>`;
  }
}

customElements.define('causal-chain', CausalChain);
