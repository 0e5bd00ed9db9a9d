import { LitElement, html, nothing } from 'lit';
import { momentStyle, wasText } from '../core/changes.js';
import { count } from '../core/format.js';
import { sharedStyle } from '../core/shared-style.js';
import './hwpt-graph.js';
import './value-origin.js';
import './vs-hex.js';
import './vs-position.js';

/** Objects that the table has at most. */
const OBJECTS_LIMIT = 300;

/** The objects of iommufd that exist for the vSMMU. `moment` as core/changes.js says. */
class HostObjects extends LitElement {
  static properties = { moment: { attribute: false } };

  static styles = [sharedStyle, momentStyle];

  render() {
    const { state, changes, only } = this.moment;
    const all = [
      ...state.hwpts.map((it) => ({ ...it, section: 'hwpts' })),
      ...state.objects.map((it) => ({ ...it, section: 'objects' })),
    ].sort((a, b) => a.handle - b.handle);
    const shown = only ? all.filter((it) => changes.of(it.section, it.handle)) : all;
    return html`<hwpt-graph .moment=${this.moment}></hwpt-graph>
      <h3>Host objects</h3>
      ${shown.length
        ? html`<table aria-label="Host objects">
            <thead>
              <tr>
                <th class="number">Handle</th>
                <th>Kind</th>
                <th class="number">Kernel id</th>
                <th>StreamID</th>
                <th>STE passed to the host</th>
                <th>Since</th>
              </tr>
            </thead>
            <tbody>
              ${shown.slice(0, OBJECTS_LIMIT).map((it) => this.row(it))}
            </tbody>
          </table>
          ${shown.length > OBJECTS_LIMIT
            ? html`<p class="quiet">${count(shown.length - OBJECTS_LIMIT)} more objects are not shown.</p>`
            : nothing}`
        : html`<div class="empty">
            ${only ? 'This event changed no host object.' : 'There is none before a device is attached.'}
          </div>`}
      ${state.blind?.length ? this.blind(state.blind) : nothing}`;
  }

  row(it) {
    const changed = this.moment.changes.of(it.section, it.handle);
    const kernelId = this.moment.changes.of(it.section, it.handle, 'kernelId');
    return html`<tr>
      <td class="number">
        <span class=${changed ? 'changed' : nothing} title=${changed?.field === '' ? 'made by this event' : ''}>${it.handle}</span>
      </td>
      <td>${it.kind}</td>
      <td class="number">
        <span class=${kernelId ? 'changed' : nothing} title=${wasText(kernelId)}>${it.kernelId ?? '–'}</span>
      </td>
      <td class="mono">${it.sid ?? '–'}</td>
      <td>
        ${(it.ste ?? []).map(
          (word, i) =>
            html`<vs-hex
                .value=${word}
                .name=${`host STE[${i}] of HWPT ${it.handle}`}
                .word=${i}
                .width=${64}
                .fields=${this.moment.tables.ste}
              ></vs-hex>
              `,
        )}
      </td>
      <td>${it.since === null ? '–' : html`<vs-position .position=${it.since}></vs-position>`}</td>
    </tr>`;
  }

  blind(queues) {
    return html`<h3>Queues that only the hardware reads</h3>
      <ul>
        ${queues.map(
          (it) =>
            html`<li>
              ${it.index}: ${it.size} bytes at
              <vs-hex .value=${it.address} .name=${`address of queue ${it.index}`}></vs-hex>, since
              ${it.since === null ? '–' : html`<vs-position .position=${it.since}></vs-position>`}; its commands are not in the
              log
            </li>`,
        )}
      </ul>`;
  }
}

customElements.define('host-objects', HostObjects);
