import { LitElement, css, html, nothing } from 'lit';
import { sharedStyle } from '../core/shared-style.js';

/** What the sections of a state are called; a section without a name here keeps its own. */
const TITLES = {
  registers: 'Registers',
  commandQueue: 'Command queue',
  eventQueue: 'Event queue',
  streams: 'Streams',
  hwpts: 'HWPTs',
  commands: 'Commands so far',
  recording: 'Recording',
  devices: 'Devices',
  health: 'Health',
};

/** The differences of two states by section: `sections` is that of the interface's Diff. */
class DiffElement extends LitElement {
  static properties = { sections: { attribute: false } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      h2 {
        margin: 12px 0 4px;
        font-size: 1rem;
      }
      table {
        table-layout: fixed;
      }
      td,
      th {
        overflow-wrap: anywhere;
      }
      .item {
        width: 14%;
      }
      .field {
        width: 22%;
      }
    `,
  ];

  render() {
    const sections = Object.entries(this.sections ?? {});
    if (sections.length === 0) {
      return html`<div class="empty">The two moments do not differ.</div>`;
    }
    return sections.map(([name, differences]) => section(TITLES[name] ?? name, differences));
  }
}

function section(title, differences) {
  const items = differences.some((it) => it.item !== null && it.item !== undefined);
  return html`<h2>${title}</h2>
    <table aria-label=${title}>
      <thead>
        <tr>
          ${items ? html`<th class="item">Item</th>` : nothing}
          <th class="field">Field</th>
          <th>Before</th>
          <th>After</th>
        </tr>
      </thead>
      <tbody>
        ${differences.map(
          (it) =>
            html`<tr>
              ${items ? html`<td class="item"><code>${it.item}</code></td>` : nothing}
              <td class="field">${it.field || 'the whole'}</td>
              <td><code>${text(it.before)}</code></td>
              <td><code>${text(it.after)}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

/** `-` for what is or was absent; objects as `name=value`. */
function text(value) {
  if (value === null || value === undefined) {
    return '-';
  }
  if (Array.isArray(value)) {
    return value.map(text).join(' ');
  }
  if (typeof value === 'object') {
    return Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([name, each]) => `${name}=${text(each)}`)
      .join(' ');
  }
  return String(value);
}

customElements.define('vs-diff', DiffElement);
