import { LitElement, css, html, nothing } from 'lit';
import { path } from '../core/api.js';
import { ArchitectureController } from '../core/architecture.js';
import { Changes } from '../core/changes.js';
import { absolute } from '../core/format.js';
import { Query } from '../core/query.js';
import { change, hrefWith } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/host-objects.js';
import '../element/queue-table.js';
import '../element/register-table.js';
import '../element/stream-table.js';
import '../element/vs-copy.js';
import '../element/vs-problem.js';

/** The parts of the state: value of the parameter `state.part`, title, sections of the answer. */
const PARTS = [
  { id: 'streams', title: 'Streams', sections: ['streams'] },
  { id: 'registers', title: 'Registers', sections: ['registers'] },
  { id: 'queues', title: 'Queues', sections: ['commandQueue', 'eventQueue'] },
  { id: 'host', title: 'Host', sections: ['hwpts', 'objects', 'devices', 'blind'] },
];

/** The state of the vSMMU after the event at the cursor, and what that event changed in it. */
class StatePanel extends LitElement {
  static properties = { vsmmu: { attribute: false }, at: { attribute: false }, query: { attribute: false } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        margin-bottom: 6px;
      }
      nav {
        display: flex;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        overflow: hidden;
      }
      nav a {
        padding: 2px 10px;
        text-decoration: none;
        color: var(--text);
        border-right: 1px solid var(--line);
      }
      nav a:last-child {
        border-right: 0;
      }
      nav a[aria-current] {
        background: var(--accent-ground);
        font-weight: 600;
      }
      nav a:focus-visible {
        outline-offset: -2px;
      }
      .badge {
        background: var(--mark);
        border: 0;
        color: var(--text);
        font-weight: 400;
      }
      vs-copy {
        margin-left: auto;
      }
      label {
        display: flex;
        gap: 4px;
        align-items: center;
      }
    `,
  ];

  tables = new ArchitectureController(this);

  /** The newest position is named, so that the state is asked for again when a running guest goes on. */
  state = new Query(
    this,
    () => this.vsmmu && [path('vsmmus', this.vsmmu.name, 'state'), { at: this.at ?? this.vsmmu.position }],
  );

  /** The event at the cursor, or the last one before it, as the state; for the StreamID that it is about. */
  event = new Query(
    this,
    () =>
      this.vsmmu && [
        path('vsmmus', this.vsmmu.name, 'events'),
        { around: this.at ?? this.vsmmu.position, limit: 1 },
      ],
  );

  /** Against the state before. */
  diff = new Query(
    this,
    () => this.hasBefore() && [path('vsmmus', this.vsmmu.name, 'diff'), { from: this.position - 1, to: this.position }],
  );

  get position() {
    return this.state.value?.position;
  }

  /** The event of the state that is shown; null until it has arrived. */
  get shownEvent() {
    const event = this.event.value?.items[0];
    return event?.position === this.position ? event : null;
  }

  /** There is no state before the first event of a log, nor before the one with which a part of a log begins. */
  hasBefore() {
    const event = this.shownEvent;
    return Boolean(event) && event.sequence > 0 && event.type !== 'PartImported';
  }

  render() {
    const { value, problem } = this.state;
    if (problem) {
      return html`<vs-problem .problem=${problem}></vs-problem>`;
    }
    if (!value || !this.tables.value) {
      return html`<p class="quiet" role="status">Loading the state</p>`;
    }
    // Until the answer about this state has come, what the event before changed must not be shown.
    const changes = new Changes(this.diff.value?.to === value.position ? this.diff.value : null);
    const part = PARTS.find((it) => it.id === this.query['state.part']) ?? PARTS[0];
    const only = this.query['state.changed'] === '1';
    return html`<div class="head">
        <nav aria-label="Parts of the state">
          ${PARTS.map((it) => this.link(it, part, changes.count(...it.sections)))}
        </nav>
        <label
          ><input
            type="checkbox"
            .checked=${only}
            @change=${(event) => change({ 'state.changed': event.target.checked ? 1 : null })}
          />Changed only</label
        >
        ${this.at !== null && value.position !== this.at && !this.state.loading
          ? html`<span class="quiet" title=${`${absolute(value.time)} UTC`}
              >after position ${value.position}, the last event before the cursor</span
            >`
          : nothing}
        <vs-copy
          .command=${[
            { words: ['state'], values: [this.vsmmu.name], options: { at: value.position } },
            ...(this.hasBefore()
              ? [{ words: ['diff'], values: [this.vsmmu.name, value.position - 1, value.position] }]
              : []),
          ]}
          .request=${{ resource: path('vsmmus', this.vsmmu.name, 'state'), query: { at: value.position } }}
        ></vs-copy>
      </div>
      ${this.part(part.id, {
        vsmmu: this.vsmmu.name,
        position: value.position,
        state: value,
        changes,
        only,
        tables: this.tables.value,
      })}`;
  }

  link(it, part, changed) {
    return html`<a href=${hrefWith({ 'state.part': it.id })} aria-current=${it === part ? 'page' : nothing}
      >${it.title}${changed ? html` <span class="badge" title=${`${changed} changed`}>${changed}<span class="unseen"> changed</span></span>` : nothing}</a
    >`;
  }

  part(id, moment) {
    switch (id) {
      case 'registers':
        return html`<register-table .moment=${moment}></register-table>`;
      case 'queues':
        return html`<queue-table .moment=${moment}></queue-table>`;
      case 'host':
        return html`<host-objects .moment=${moment}></host-objects>`;
      default:
        return html`<stream-table
          .moment=${moment}
          .sid=${this.query.sid ?? null}
          .concerned=${concerned(this.shownEvent)}
        ></stream-table>`;
    }
  }
}

/** The first StreamID that an event names: its own, or that of a command, a record or a host operation. */
function concerned(event) {
  const data = event?.data ?? {};
  const parts = [...(data.commands ?? []), ...(data.records ?? []), ...(data.operations ?? [])];
  return data.sid ?? parts.map((it) => it.sid ?? it.fields?.StreamID).find(Boolean) ?? null;
}

customElements.define('state-panel', StatePanel);
