import { LitElement, css, html, nothing } from 'lit';
import { absolute } from '../core/format.js';
import { href } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';

/**
 * What a change left behind: the event in the log and the entry in the audit log, each a link.
 * `trace` is act.js's Trace, `done` says what was done.
 */
class TraceElement extends LitElement {
  static properties = { trace: { attribute: false }, done: {} };

  static styles = [
    sharedStyle,
    css`
      div {
        border-left: 3px solid var(--good);
        background: var(--panel);
        padding: var(--gap) 12px;
        margin: var(--gap) 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  render() {
    if (!this.trace) {
      return nothing;
    }
    const { vsmmu, event, entry } = this.trace;
    return html`<div role="status">
      <strong>${this.done}</strong>
      ${event
        ? html`<br />Log: ${event.type} at position
            <a href=${href(['vsmmus', vsmmu], { at: event.position })}>${event.position}</a>`
        : nothing}
      ${entry
        ? html`<br />Audit:
            <a href=${href(['audit'], { after: entry.id - 1 })}>entry ${entry.id}</a>, ${entry.method}
            <code>${entry.path}</code> by ${entry.subject} at ${absolute(entry.time)}, answered ${entry.status}`
        : nothing}
    </div>`;
  }
}

customElements.define('vs-trace', TraceElement);
