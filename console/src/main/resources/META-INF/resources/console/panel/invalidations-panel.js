import { LitElement, css, html, nothing } from 'lit';
import { path } from '../core/api.js';
import { absolute } from '../core/format.js';
import { Query } from '../core/query.js';
import { change, hrefWith } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-copy.js';
import '../element/vs-position.js';
import '../element/vs-problem.js';
import '../element/vs-progress.js';

/** The filters: the parameter of the interface, which the address has behind `inv.`, and its label. */
const FILTERS = [
  { name: 'sid', label: 'StreamID', example: '0x900' },
  { name: 'asid', label: 'ASID', example: '2' },
  { name: 'va', label: 'Address', example: '0xfffaa000' },
  { name: 'size', label: 'Bytes', example: '4096' },
  { name: 'from', label: 'From', example: '5720, a time', title: 'A position, or an instant such as 2026-01-31T12:00:00Z' },
  { name: 'to', label: 'To', example: '5720, a time', title: 'A position, or an instant such as 2026-01-31T12:00:00Z' },
];

/** Commands of a page; those of one position stay together. */
const PAGE = 100;

/** The invalidation commands of the guest that could touch a stream, an ASID or a range of addresses. */
class InvalidationsPanel extends LitElement {
  static properties = { vsmmu: { attribute: false }, at: { attribute: false }, query: { attribute: false } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 10px;
        align-items: end;
        margin-bottom: var(--gap);
      }
      label {
        color: var(--quiet);
        font-size: 0.93em;
      }
      form input {
        display: block;
        width: 125px;
        color: var(--text);
        font-family: var(--mono);
      }
      td:nth-child(2) {
        white-space: nowrap;
      }
      td:nth-child(2) code {
        overflow-wrap: normal;
      }
      tr.here td {
        background: var(--accent-ground);
      }
    `,
  ];

  /** What is asked for, from the address. */
  get asked() {
    return Object.fromEntries(FILTERS.map(({ name }) => [name, this.query?.[`inv.${name}`]]));
  }

  found = new Query(
    this,
    () =>
      this.vsmmu && [
        path('vsmmus', this.vsmmu.id, 'invalidations'),
        { ...this.asked, after: this.query?.['inv.after'], limit: PAGE },
      ],
  );

  render() {
    const { value, problem, loading } = this.found;
    return html`<form @submit=${this.search}>
        ${FILTERS.map(
          (it) =>
            html`<label
              >${it.label}<input name=${it.name} placeholder=${it.example} title=${it.title ?? nothing} .value=${this.asked[it.name] ?? ''}
            /></label>`,
        )}
        <button class="primary">Show</button>
        <vs-copy
          .command=${{ words: ['invalidations'], values: [this.vsmmu?.name], options: this.asked }}
          .request=${{ resource: path('vsmmus', this.vsmmu?.name ?? '', 'invalidations'), query: this.asked }}
        ></vs-copy>
      </form>
      ${loading && !value ? html`<vs-progress label="Reading" @stop=${() => this.found.stop()}></vs-progress>` : nothing}
      ${problem ? html`<vs-problem .problem=${problem}></vs-problem>` : nothing} ${value ? this.list(value) : nothing}`;
  }

  search(event) {
    event.preventDefault();
    const given = FILTERS.map(({ name }) => [`inv.${name}`, event.target.elements[name].value.trim() || null]);
    change({ ...Object.fromEntries(given), 'inv.after': null });
  }

  list({ items, next, shortBecause }) {
    if (items.length === 0 && next === null) {
      return html`<div class="empty">
        No invalidation of the guest could touch this.
        ${Object.values(this.asked).some(Boolean) ? 'Leave a field empty to ask for more.' : nothing}
      </div>`;
    }
    return html`<table>
        <thead>
          <tr>
            <th>Position</th>
            <th>Command</th>
            <th>Fields</th>
            <th>To the host</th>
          </tr>
        </thead>
        <tbody>
          ${items.map(
            (it) =>
              html`<tr class=${it.position === this.at ? 'here' : ''}>
                <td title=${absolute(it.time)}>
                  <vs-position .position=${it.position}></vs-position>
                  <span class="quiet" title="Index within the slice">[${it.entry}]</span>
                </td>
                <td><code>${it.command.name}</code></td>
                <td><code>${fields(it.command)}</code></td>
                <td>${it.forwarded ? 'yes' : html`<span class="quiet">no</span>`}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${shortBecause ? html`<p class="quiet">The search ended at its limit; it goes on with the next page.</p>` : nothing}
      <nav class="row" aria-label="Pages">
        ${this.query?.['inv.after'] ? html`<a href=${hrefWith({ 'inv.after': null })}>First page</a>` : nothing}
        ${next === null ? nothing : html`<a href=${hrefWith({ 'inv.after': next })}>Next page</a>`}
      </nav>`;
  }
}

/** The command's name stands for its opcode. */
function fields({ fields: given = {}, unknown = [] }) {
  const known = Object.entries(given)
    .filter(([name]) => name !== 'Opcode')
    .map(([name, value]) => `${name}=${value}`);
  return [...known, ...(unknown.length ? [`(not recorded: ${unknown.join(', ')})`] : [])].join(' ');
}

customElements.define('invalidations-panel', InvalidationsPanel);
