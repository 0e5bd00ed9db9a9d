import { LitElement, css, html, nothing } from 'lit';
import { absolute, ago } from '../core/format.js';
import { pageStyle } from '../core/page-style.js';
import { Query } from '../core/query.js';
import { change, href, hrefWith } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-copy.js';
import '../element/vs-problem.js';

/** The filters: the parameter of the interface and of the address, and its label. */
const FILTERS = [
  { name: 'subject', label: 'Who', example: 'local' },
  { name: 'method', label: 'Method', values: ['', 'POST', 'PUT', 'PATCH', 'DELETE'] },
  { name: 'vsmmu', label: 'vSMMU', example: 'name' },
  { name: 'status', label: 'Status', example: '409' },
  { name: 'from', label: 'From', example: '2026-01-31T12:00:00Z' },
  { name: 'to', label: 'To', example: '2026-01-31T12:00:00Z' },
];

/** Entries of a page. */
const PAGE = 100;

/** Who changed what through the service, oldest first. */
class AuditPage extends LitElement {
  static properties = { route: { attribute: false } };

  static styles = [
    sharedStyle,
    pageStyle,
    css`
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 10px;
        align-items: end;
        margin-bottom: var(--gap);
      }
      label {
        color: var(--quiet);
      }
      form input,
      form select {
        display: block;
        width: 150px;
        color: var(--text);
      }
      td {
        overflow-wrap: anywhere;
      }
      td.time {
        white-space: nowrap;
      }
      td.request {
        min-width: 24em;
      }
      td.name {
        min-width: 9em;
      }
      @media (max-width: 899px) {
        td.request {
          min-width: 0;
        }
      }
    `,
  ];

  get asked() {
    const query = this.route?.query ?? {};
    return Object.fromEntries([...FILTERS.map((it) => it.name), 'after'].map((name) => [name, query[name]]));
  }

  entries = new Query(this, () => this.route && ['/audit', { ...this.asked, limit: PAGE }]);

  render() {
    const { value, problem } = this.entries;
    return html`<div class="row head">
        <h1>Audit</h1>
        <div class="row">
          <button @click=${() => this.entries.refresh()}>Look again</button>
          <vs-copy .command=${{ words: ['audit'], options: this.asked }} .request=${{ resource: '/audit', query: this.asked }}></vs-copy>
        </div>
      </div>
      <form @submit=${this.search}>
        ${FILTERS.map((it) => html`<label>${it.label}${this.field(it)}</label>`)}
        <button class="primary">Show</button>
      </form>
      ${problem ? html`<vs-problem .problem=${problem}></vs-problem>` : nothing} ${value ? this.list(value) : nothing}`;
  }

  field({ name, example, values }) {
    const value = this.asked[name] ?? '';
    return values
      ? html`<select name=${name}>
          ${values.map((it) => html`<option value=${it} ?selected=${it === value}>${it || 'all'}</option>`)}
        </select>`
      : html`<input name=${name} placeholder=${example} .value=${value} />`;
  }

  search(event) {
    event.preventDefault();
    const given = FILTERS.map(({ name }) => [name, event.target.elements[name].value.trim() || null]);
    change({ ...Object.fromEntries(given), after: null });
  }

  list({ items, next }) {
    return html`${items.length === 0
        ? html`<div class="empty">No change has been asked for${this.narrowed ? html` that fits. <a href=${href(['audit'])}>All entries</a>` : ' yet.'}</div>`
        : html`<table aria-label="Audit">
            <thead>
              <tr>
                <th>Entry</th>
                <th>Time (UTC)</th>
                <th>Who</th>
                <th>Request</th>
                <th>Status</th>
                <th>vSMMU</th>
                <th>Detail</th>
              </tr>
            </thead>
            <tbody>
              ${items.map((it) => row(it))}
            </tbody>
          </table>`}
      <nav class="row" aria-label="Pages">
        ${this.asked.after ? html`<a href=${hrefWith({ after: null })}>First page</a>` : nothing}
        ${next === null ? nothing : html`<a href=${hrefWith({ after: next })}>Next page</a>`}
      </nav>`;
  }

  get narrowed() {
    return Object.values(this.asked).some(Boolean);
  }
}

function row(it) {
  return html`<tr>
    <td>${it.id}</td>
    <td class="time" title=${ago(it.time)}>${absolute(it.time)}</td>
    <td>${it.subject}</td>
    <td class="request"><code>${it.method} ${it.path}</code></td>
    <td class=${it.status >= 400 ? 'bad' : ''}>${it.status}</td>
    <td class="name">${it.vsmmu ? html`<a href=${href(['vsmmus', it.vsmmu])}>${it.vsmmu}</a>` : nothing}</td>
    <td>${it.detail}</td>
  </tr>`;
}

customElements.define('audit-page', AuditPage);
