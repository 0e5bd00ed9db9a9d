import { LitElement, css, html, nothing } from 'lit';
import { get, path } from '../core/api.js';
import { absolute, ago, count, counted, duration } from '../core/format.js';
import { pageStyle } from '../core/page-style.js';
import { change, href, hrefWith } from '../core/route.js';
import { Service } from '../core/service.js';
import { refusal } from '../core/session.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-copy.js';
import '../element/vs-create.js';
import '../element/vs-problem.js';

/** Between two looks at the list, in milliseconds. */
const PAUSE = 2000;

/** vSMMUs on a page. */
const PAGE = 50;

/** The greatest number of vSMMUs whose newest event is asked for in one look. */
const SENTENCES = 12;

/** Every vSMMU of the service: how it is, and what its guest does now. */
class OverviewPage extends LitElement {
  static properties = {
    route: { attribute: false },
    items: { state: true },
    next: { state: true },
    problem: { state: true },
    creating: { state: true },
  };

  static styles = [
    sharedStyle,
    pageStyle,
    css`
      .service {
        margin-bottom: var(--gap);
      }
      input[type='search'] {
        width: 220px;
      }
      .vm th {
        padding-top: 12px;
        color: var(--text);
      }
      .vm + tr td:first-child,
      .member td:first-child {
        padding-left: 14px;
      }
      td {
        padding-top: 4px;
        padding-bottom: 4px;
      }
      .now {
        width: 34%;
        overflow-wrap: anywhere;
      }
      .state,
      .devices {
        white-space: nowrap;
      }
      .health {
        width: 16%;
        overflow-wrap: anywhere;
      }
      .name {
        overflow-wrap: anywhere;
        font-weight: 600;
      }
      ul {
        margin: 0;
        padding-left: 16px;
      }
      .empty .row {
        justify-content: center;
        margin-top: 12px;
      }
      @media (max-width: 899px) {
        thead {
          display: none;
        }
        tr {
          display: flex;
          flex-wrap: wrap;
          gap: 0 16px;
          padding: 6px 0;
          border-bottom: 1px solid var(--line);
        }
        td {
          width: auto !important;
          text-align: left !important;
          border: none;
          padding: 1px 0;
        }
        td.name,
        td.now {
          flex-basis: 100%;
        }
        td[data-name]::before {
          content: attr(data-name) ' ';
          color: var(--quiet);
        }
      }
    `,
  ];

  service = new Service(this);

  /** By id of a vSMMU: its events and when they were counted. */
  before = new Map();

  /** By id: events per second between the two last looks. */
  rates = new Map();

  /** By id: what is known of its newest event and of its whole log. */
  newest = new Map();

  connectedCallback() {
    super.connectedCallback();
    this.look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  willUpdate(changed) {
    if (changed.has('route') && changed.get('route')) {
      this.look();
    }
  }

  /** The parameters of the list, which are those of the address. */
  get asked() {
    return { limit: PAGE, after: this.route?.query.after, name: this.route?.query.name };
  }

  async look() {
    clearTimeout(this.timer);
    const asked = this.asked;
    try {
      const page = await get('/vsmmus', asked);
      if (JSON.stringify(asked) !== JSON.stringify(this.asked)) {
        return;
      }
      this.measure(page.items);
      this.items = page.items;
      this.next = page.next;
      this.problem = null;
      await this.askNewest();
    } catch (problem) {
      this.problem = problem;
    }
    if (this.isConnected) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), PAUSE);
    }
  }

  measure(items) {
    const now = performance.now();
    for (const it of items) {
      const last = this.before.get(it.id);
      if (last && now > last.at) {
        this.rates.set(it.id, ((it.events - last.events) * 1000) / (now - last.at));
      }
      this.before.set(it.id, { events: it.events, at: now });
    }
  }

  /** Asks for the newest event of those that have a new one; the others wait for the next look. */
  async askNewest() {
    const changed = this.items.filter((it) => it.position && this.newest.get(it.id)?.position !== it.position);
    await Promise.all(
      changed.slice(0, SENTENCES).map(async (it) => {
        this.newest.set(it.id, await newestOf(it));
        this.requestUpdate();
      }),
    );
  }

  render() {
    const { name } = this.route?.query ?? {};
    return html`<div class="row head">
        <h1>vSMMUs</h1>
        <div class="row">
          <input
            type="search"
            aria-label="Show those whose name contains"
            placeholder="Name contains"
            .value=${name ?? ''}
            @change=${(event) => change({ name: event.target.value || null, after: null })}
          />
          <a href=${href(['recordings'])}>Import a recording</a>
          <button ?disabled=${refusal('operator')} title=${refusal('operator') ?? nothing} @click=${() => (this.creating = true)}>
            Create a vSMMU
          </button>
          <vs-copy
            .command=${{ words: ['vsmmus'], options: { name, after: this.asked.after, limit: PAGE } }}
            .request=${{ resource: '/vsmmus', query: this.asked }}
          ></vs-copy>
        </div>
      </div>
      ${this.serviceLine()} ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}
      ${this.items ? this.list() : nothing}
      <vs-create .open=${this.creating ?? false} @close=${() => (this.creating = false)}></vs-create>`;
  }

  /** How far the database and the read models are behind the log. */
  serviceLine() {
    const { log, models, status } = this.service;
    if (!log) {
      return nothing;
    }
    const behind =
      log.lagEvents > 0
        ? `${counted(log.lagEvents, 'event')} (${duration(log.lagSeconds)}) of the journal not yet in PostgreSQL`
        : 'every event of the journal is in PostgreSQL';
    return html`<div class="service quiet">
      Service <span class=${status === 'UP' ? 'good' : 'bad'}>${status}</span> · log: ${behind} · read models at
      position ${models?.position ?? 0}
    </div>`;
  }

  list() {
    if (this.items.length === 0) {
      return this.nothingThere();
    }
    return html`<table>
        <thead>
          <tr>
            <th>Name</th>
            <th>State</th>
            <th>Health</th>
            <th>Devices</th>
            <th class="number">Faults</th>
            <th class="number">Events</th>
            <th class="number">Rate</th>
            <th>Newest event</th>
          </tr>
        </thead>
        <tbody>
          ${grouped(this.items).map(([vm, items]) => [
            vm
              ? html`<tr class="vm">
                  <th colspan="8" scope="rowgroup">VM ${vm}</th>
                </tr>`
              : nothing,
            items.map((it) => this.row(it, Boolean(vm))),
          ])}
        </tbody>
      </table>
      ${this.pages()}`;
  }

  nothingThere() {
    const { name, after } = this.route.query;
    if (name || after) {
      return html`<div class="empty">
        No vSMMU here${name ? html` has a name that contains <code>${name}</code>` : nothing}.
        <a href=${href([])}>All vSMMUs</a>
      </div>`;
    }
    return html`<div class="empty">
      There is no vSMMU yet. Import a recording of a guest (drop its file anywhere on this page), or create a vSMMU and
      connect a VMM to its socket.
      <div class="row">
        <a href=${href(['recordings'])}>Import a recording</a>
        <button
          class="primary"
          ?disabled=${refusal('operator')}
          title=${refusal('operator') ?? nothing}
          @click=${() => (this.creating = true)}
        >
          Create a vSMMU
        </button>
      </div>
    </div>`;
  }

  row(it, member) {
    const newest = this.newest.get(it.id);
    return html`<tr class=${member ? 'member' : ''}>
      <td class="name"><a href=${href(['vsmmus', it.name])}>${it.name}</a></td>
      <td class="state">${state(it)}</td>
      <td class="health">${health(it.health)}</td>
      <td class="devices" data-name="Devices">${devices(it.devices)}</td>
      <td data-name="Faults" class="number">
        ${newest?.faults
          ? html`<a class="bad" href=${href(['vsmmus', it.name], { panel: 'findings', 'lint.rule': 'FAULT' })}>${count(newest.faults)}</a>`
          : newest
            ? 0
            : ''}
      </td>
      <td data-name="Events" class="number">${count(it.events)}</td>
      <td class="number">${this.rate(it)}</td>
      <td class="now">${sentence(it, newest)}</td>
    </tr>`;
  }

  rate(it) {
    const rate = this.rates.get(it.id);
    return rate > 0 ? `${count(Math.max(1, Math.round(rate)))}/s` : nothing;
  }

  pages() {
    const { after } = this.route.query;
    if (!after && this.next === null) {
      return nothing;
    }
    return html`<nav class="row" aria-label="Pages">
      ${after ? html`<a href=${hrefWith({ after: null })}>First page</a>` : nothing}
      ${this.next === null ? nothing : html`<a href=${hrefWith({ after: this.next })}>Next page</a>`}
    </nav>`;
  }
}

/** What is asked about a vSMMU when it has a new event. */
async function newestOf({ name, position }) {
  const of = path('vsmmus', name);
  const [event, whole] = await Promise.allSettled([
    get(`${of}/events/${position}`),
    get(`${of}/timeline`, { buckets: 1 }),
  ]);
  return {
    position,
    time: event.value?.time,
    text: event.value?.text ?? '',
    faults: whole.value?.buckets[0]?.faults ?? 0,
  };
}

/** Those of a VM stand together, where the first of them stands. */
function grouped(items) {
  const groups = new Map();
  for (const it of items) {
    const key = it.vm ?? it.id;
    groups.set(key, [...(groups.get(key) ?? []), it]);
  }
  return [...groups.values()].map((members) => [members[0].vm, members]);
}

function state({ lifecycle, vmm }) {
  const written = html`${lifecycle.toLowerCase()}`;
  if (vmm.connected) {
    return html`${written}, <span class="good" title=${vmm.pid ? `Process ${vmm.pid}` : nothing}>VMM connected</span>`;
  }
  return lifecycle === 'RECORDED' || lifecycle === 'DELETED'
    ? written
    : html`${written}, <span class="quiet">no VMM</span>`;
}

function health({ status, reasons, failures }) {
  const kind = { OK: 'good', PARTIAL: 'warn', DEGRADED: 'warn', FAILED: 'bad' }[status] ?? 'warn';
  const newestFirst = [...reasons].reverse();
  return html`<span class="badge ${kind}">${status}</span>
    ${failures > 0 ? html`<span class="quiet">${counted(failures, 'host failure')}</span>` : nothing}
    ${newestFirst.length > 0 ? html`<div>${newestFirst[0]}</div>` : nothing}
    ${newestFirst.length > 1
      ? html`<details>
          <summary class="quiet">${counted(newestFirst.length - 1, 'further reason')}</summary>
          <ul>
            ${newestFirst.slice(1).map((reason) => html`<li>${reason}</li>`)}
          </ul>
        </details>`
      : nothing}`;
}

function devices(items) {
  if (items.length === 0) {
    return html`<span class="quiet">none</span>`;
  }
  const shown = items.slice(0, 3).map((it) => html`<div><code>${it.sid}</code> ${it.hostDevice}</div>`);
  return html`${shown}${items.length > 3 ? html`<span class="quiet">and ${items.length - 3} more</span>` : nothing}`;
}

function sentence(it, newest) {
  if (!it.position) {
    return html`<span class="quiet">${it.socket ? 'waits for a VMM' : 'none'}</span>`;
  }
  if (!newest) {
    return nothing;
  }
  return html`<a href=${href(['vsmmus', it.name], { at: newest.position })}>${newest.position}</a> ${newest.text}
    ${newest.time && it.lifecycle !== 'RECORDED'
      ? html`<span class="quiet" title=${absolute(newest.time)}>${ago(newest.time)}</span>`
      : nothing}`;
}

customElements.define('overview-page', OverviewPage);
