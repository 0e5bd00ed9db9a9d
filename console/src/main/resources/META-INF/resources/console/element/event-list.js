import { LitElement, css, html, nothing } from 'lit';
import { REACHED, get, path } from '../core/api.js';
import { EventRows } from '../core/event-rows.js';
import { EVENT_TYPES, eventKind, eventWord } from '../core/event-types.js';
import { absolute, count, relative } from '../core/format.js';
import { kindStyle } from '../core/kind-style.js';
import { change } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import { styled } from '../core/styled.js';
import './vs-copy.js';
import './vs-position.js';
import './vs-problem.js';

/** Height of a row in pixels; every row has it, so that the list knows where each one is. */
const ROW = 22;

/** Rows that are drawn above and below those in sight. */
const SPARE = 8;

/** Rows from an end of what has been read at which the next ones are asked for. */
const EDGE = 60;

/** How often the rows around a cursor are asked for before the list is left where it is. */
const REVEALS = 3;

/** Causes, and effects, that are linked above the list. */
const LINKS = 4;

/** Parameters of the view that filter the list, and those of GET .../events that they are. */
const FILTERS = [
  { parameter: 'ev.type', name: 'type' },
  { parameter: 'ev.sid', name: 'sid', label: 'StreamID', hint: '0x900' },
  { parameter: 'ev.asid', name: 'asid', label: 'ASID', hint: '0x1' },
  { parameter: 'ev.va', name: 'va', label: 'Address', hint: '0xffff0000' },
];

/**
 * The events of a vSMMU, of which there may be millions: rows are read around the cursor, around a
 * fraction of the log where the bar at the right is dragged to, and further at both ends.
 *
 * Properties as of a panel: `vsmmu`, `at`, `query`.
 */
class EventList extends LitElement {
  static properties = {
    vsmmu: { attribute: false },
    at: { attribute: false },
    query: { attribute: false },
    top: { state: true },
    related: { state: true },
  };

  static styles = [
    sharedStyle,
    kindStyle,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        flex: 1;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 8px;
        align-items: center;
        margin-bottom: 4px;
      }
      form label {
        display: flex;
        align-items: center;
        gap: 4px;
        color: var(--quiet);
        font-size: 0.93em;
      }
      form input,
      form select {
        padding: 1px 5px;
        color: var(--text);
      }
      form input {
        width: 5.6em;
        font-family: var(--mono);
        font-size: 0.93em;
      }
      form select {
        width: 8.4em;
      }
      vs-copy {
        margin-left: auto;
      }
      .related {
        display: flex;
        align-items: center;
        margin-bottom: 3px;
        font-size: 0.93em;
      }
      .related > span {
        min-width: 0;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .frame {
        flex: 1;
        display: flex;
        min-height: 132px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      /* Columns that stand below each other scroll with the page. */
      @media (max-width: 899px) {
        .frame {
          flex: none;
          height: 360px;
        }
      }
      .view {
        flex: 1;
        min-width: 0;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-width: none;
        overflow-anchor: none;
      }
      .all {
        position: relative;
      }
      .event {
        position: absolute;
        left: 0;
        right: 0;
        height: ${ROW}px;
        line-height: ${ROW}px;
        display: grid;
        grid-template-columns: 14px var(--digits) 5.6em 6.4em minmax(0, 1fr);
        gap: 6px;
        padding-right: 6px;
        white-space: nowrap;
        cursor: default;
        border-bottom: 1px solid transparent;
      }
      .untimed .event {
        grid-template-columns: 14px var(--digits) 6.4em minmax(0, 1fr);
      }
      .untimed .time {
        display: none;
      }
      .event > * {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .event:hover {
        background: var(--panel);
      }
      .event[aria-selected='true'] {
        background: var(--accent-ground);
      }
      .event.cause,
      .event.effect {
        background: var(--panel);
      }
      .edge {
        text-align: center;
        color: var(--accent);
      }
      .position,
      .time {
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
      .time {
        color: var(--quiet);
      }
      .type {
        font-weight: 600;
      }
      .scrollbar {
        width: 14px;
        position: relative;
        background: var(--panel);
        border-left: 1px solid var(--line);
        touch-action: none;
        cursor: default;
      }
      .thumb {
        position: absolute;
        left: 2px;
        right: 2px;
        border-radius: 5px;
        background: var(--quiet);
        opacity: 0.65;
      }
      .scrollbar:hover .thumb,
      .scrollbar:focus-visible .thumb {
        opacity: 1;
      }
      .cursor-mark {
        position: absolute;
        left: 0;
        right: 0;
        height: 2px;
        background: var(--accent);
      }
      .recorded {
        color: var(--kind-host);
        font-weight: 400;
      }
      .fault {
        color: var(--kind-fault);
      }
      .error {
        color: var(--kind-error);
      }
      .blind {
        color: var(--quiet);
      }
    `,
  ];

  constructor() {
    super();
    this.top = 0;
    this.related = { causes: [], effects: [] };
    this.reached = () => {
      if (this.rows?.problem?.unreached) {
        this.key = undefined;
      }
      // What the event at the cursor follows from is asked for again in any case.
      this.place = undefined;
      this.requestUpdate();
    };
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.rows?.stop();
    this.relation?.abort();
    this.sizes?.disconnect();
    removeEventListener(REACHED, this.reached);
    this.key = undefined;
    this.place = undefined;
  }

  firstUpdated() {
    this.measure();
  }

  connectedCallback() {
    super.connectedCallback();
    this.sizes = new ResizeObserver(() => this.resized());
    addEventListener(REACHED, this.reached);
    if (this.hasUpdated) {
      this.measure();
    }
  }

  measure() {
    this.sizes.observe(this.view);
  }

  /** A cursor that was in sight stays in sight when a part of the page above takes space. */
  resized() {
    const { view } = this;
    const top = (this.rows?.indexOf(this.cursor) ?? -1) * ROW;
    const before = this.shownHeight ?? 0;
    this.shownHeight = view.clientHeight;
    if (top >= view.scrollTop && top < view.scrollTop + before) {
      this.scrollTo(top / ROW, 'near');
    }
    this.requestUpdate();
  }

  get view() {
    return this.renderRoot.querySelector('.view');
  }

  /** The cursor: the newest event unless the address names one. */
  get cursor() {
    return this.at ?? this.vsmmu?.position ?? null;
  }

  get filters() {
    const given = FILTERS.map(({ parameter, name }) => [name, this.query?.[parameter]]);
    return Object.fromEntries(given.filter(([, value]) => value));
  }

  /** The filters, and where the cursor is. */
  get rowsAsked() {
    return { ...this.filters, around: this.at };
  }

  get filtered() {
    return Object.keys(this.filters).length > 0;
  }

  willUpdate() {
    if (!this.vsmmu) {
      return;
    }
    const key = JSON.stringify([this.vsmmu.name, this.filters]);
    if (key !== this.key) {
      this.key = key;
      this.rows?.stop();
      this.rows = new EventRows(this.vsmmu.name, this.filters, () => this.requestUpdate());
      this.place = undefined;
    }
    if (this.cursor !== this.place) {
      const follows = this.at === null && this.place !== undefined;
      this.place = this.cursor;
      this.relate();
      if (follows && this.rows.items.length > 0) {
        this.follow();
      } else {
        this.reveal();
      }
    }
  }

  /**
   * Brings the row of the cursor in sight, and reads the rows around it if they are not there. What
   * was asked for an earlier cursor may arrive meanwhile: then they are asked for again.
   */
  async reveal() {
    const { rows, cursor } = this;
    await this.updateComplete;
    let read = false;
    for (let asked = 0; asked < REVEALS && this.awaits(rows, cursor) && rows.indexOf(cursor) < 0; asked++) {
      if (asked > 0 && rows.loading) {
        // The list was moved to another place meanwhile.
        return;
      }
      read = true;
      await rows.jump({ around: cursor });
      await this.updateComplete;
    }
    if (this.awaits(rows, cursor)) {
      this.scrollTo(rows.indexOf(cursor), read ? 'middle' : 'near');
    }
  }

  /** Whether the list still has these rows and this cursor. */
  awaits(rows, cursor) {
    return cursor !== null && rows === this.rows && cursor === this.cursor;
  }

  /** Shows the newest events of a guest that is running, unless the list was scrolled away from them. */
  async follow() {
    const { rows, view } = this;
    if (view.scrollTop + view.clientHeight < view.scrollHeight - ROW) {
      return;
    }
    await rows.follow();
    if (rows === this.rows && rows.later) {
      await rows.jump({ around: this.cursor });
    }
    await this.updateComplete;
    if (rows === this.rows && this.at === null) {
      this.view.scrollTop = this.view.scrollHeight;
    }
  }

  scrollTo(index, how) {
    const { view } = this;
    if (!view || index < 0) {
      return;
    }
    const top = index * ROW;
    if (how === 'middle') {
      view.scrollTop = top - Math.max(0, view.clientHeight - ROW) / 2;
    } else if (top < view.scrollTop) {
      view.scrollTop = top;
    } else if (top + ROW > view.scrollTop + view.clientHeight) {
      view.scrollTop = top + ROW - view.clientHeight;
    }
    this.top = view.scrollTop;
  }

  /** What the event at the cursor follows from, and what follows from it. */
  async relate() {
    this.relation?.abort();
    const abort = new AbortController();
    this.relation = abort;
    if (this.cursor === null) {
      return;
    }
    const resource = path('vsmmus', this.vsmmu.name, 'events');
    const options = { signal: abort.signal };
    const { cursor } = this;
    try {
      const page = await get(resource, { around: cursor, limit: 1 }, options);
      const selected = page.items[0];
      if (selected?.position !== cursor) {
        // The cursor is at an event of another vSMMU.
        this.related = { selected, causes: [], effects: [] };
        return;
      }
      const [causes, effects] = await Promise.all([
        get(`${resource}/${cursor}/causes`, {}, options),
        get(`${resource}/${cursor}/effects`, {}, options),
      ]);
      this.related = { selected, causes: positions(causes), effects: positions(effects) };
    } catch (failure) {
      if (failure.name !== 'AbortError') {
        this.related = { causes: [], effects: [] };
      }
    }
  }

  async scrolled() {
    const { view, rows } = this;
    this.top = view.scrollTop;
    const first = Math.floor(this.top / ROW);
    const last = first + Math.ceil(view.clientHeight / ROW);
    if (first < EDGE && rows.earlier) {
      const added = await rows.extendUp();
      await this.moved(rows, added);
    } else if (last > rows.items.length - EDGE && rows.later) {
      const dropped = await rows.extendDown();
      await this.moved(rows, -dropped);
    }
  }

  /** Keeps what is in sight where it is, after rows were added in front (or dropped there). */
  async moved(rows, added) {
    if (rows === this.rows && added !== 0) {
      await this.updateComplete;
      this.view.scrollTop += added * ROW;
      this.top = this.view.scrollTop;
    }
  }

  render() {
    if (!this.vsmmu || !this.rows) {
      return nothing;
    }
    return html`${this.filterForm()} ${this.links()}
      ${this.rows.problem ? html`<vs-problem .problem=${this.rows.problem}></vs-problem>` : nothing}
      <div class="frame">
        <div
          class="view"
          id="events"
          role=${this.rows.items.length ? 'listbox' : 'group'}
          tabindex="0"
          aria-label="Events"
          aria-activedescendant=${this.selectedInSight() ? `event-${this.cursor}` : nothing}
          @scroll=${this.scrolled}
          @keydown=${this.pressed}
        >
          ${this.list()}
        </div>
        ${this.scrollbar()}
      </div>`;
  }

  filterForm() {
    const type = this.query?.['ev.type'] ?? '';
    const several = type.includes(',');
    return html`<form aria-label="Filter of the events" @submit=${(event) => event.preventDefault()}>
      <select
        aria-label="Type"
        .value=${type}
        @change=${(event) => change({ 'ev.type': event.target.value || null })}
      >
        <option value="" ?selected=${!type}>All types</option>
        ${several ? html`<option value=${type} selected>${type}</option>` : nothing}
        ${EVENT_TYPES.map((it) => html`<option value=${it} ?selected=${it === type}>${it}</option>`)}
      </select>
      ${FILTERS.slice(1).map(
        ({ parameter, label, hint }) =>
          html`<label
            >${label}
            <input
              placeholder=${hint}
              spellcheck="false"
              autocomplete="off"
              .value=${this.query?.[parameter] ?? ''}
              @change=${(event) => change({ [parameter]: event.target.value.trim() || null })}
          /></label>`,
      )}
      ${this.filtered
        ? html`<button
            type="button"
            class="plain"
            @click=${() => change(Object.fromEntries(FILTERS.map(({ parameter }) => [parameter, null])))}
          >
            Show all
          </button>`
        : nothing}
    </form>`;
  }

  /** Causes and effects of the event at the cursor, also when they are out of sight. */
  links() {
    const { causes, effects } = this.related;
    return html`<div class="related">
      <span>${causes.length || effects.length
        ? html`${relatives('caused by', causes)}${causes.length && effects.length ? ' · ' : nothing}${relatives(
            'led to',
            effects,
          )}`
        : html`<span class="quiet">${this.related.selected ? 'The event has no cause and no effect in the log' : ''}</span>`}</span>
      <vs-copy
        .command=${{ words: ['events'], values: [this.vsmmu.name], options: this.rowsAsked }}
        .request=${{ resource: path('vsmmus', this.vsmmu.name, 'events'), query: this.rowsAsked }}
      ></vs-copy>
    </div>`;
  }

  list() {
    const { items, loading } = this.rows;
    if (items.length === 0) {
      return html`<div class="empty">
        ${loading ? 'Loading the events' : this.rows.problem ? '' : this.nothingToShow()}
      </div>`;
    }
    const height = this.view?.clientHeight ?? 0;
    const first = Math.max(0, Math.floor(this.top / ROW) - SPARE);
    const last = Math.min(items.length, Math.ceil((this.top + height) / ROW) + SPARE);
    const drawn = items.slice(first, last);
    const untimed = items.length > 1 && items[0].time === items.at(-1).time;
    return html`<div class="all ${untimed ? 'untimed' : ''}" role="presentation" ${styled({
      height: `${items.length * ROW}px`,
      '--digits': `${0.66 * String(this.vsmmu.position).length + 0.4}em`,
    })}>
      ${drawn.map((item, i) => this.row(item, first + i))}
    </div>`;
  }

  nothingToShow() {
    return this.filtered ? 'No event has all of this. Take one of the filters away.' : 'There is no event yet.';
  }

  row(item, index) {
    const { causes, effects, selected } = this.related;
    const cause = causes.includes(item.position);
    const effect = effects.includes(item.position);
    const edge = cause ? ['cause', '↰'] : effect ? ['effect', '↳'] : ['', ''];
    const time = selected && item.time !== selected.time ? relative(item.time, selected.time) : '';
    return html`<div
      class="event ${edge[0]}"
      role="option"
      id="event-${item.position}"
      aria-selected=${item.position === this.cursor ? 'true' : 'false'}
      aria-setsize=${this.filtered ? -1 : this.vsmmu.events}
      aria-posinset=${this.filtered ? nothing : item.sequence + 1}
      @click=${() => change({ at: item.position })}
      ${styled({ top: `${index * ROW}px` })}
    >
      <span class="edge">${edge[1]}${edge[0] ? html`<span class="unseen">${edge[0]} of the selected event</span>` : nothing}</span>
      <span class="position">${item.position}</span>
      <span class="time" title=${absolute(item.time)}>${time}</span>
      <span class="type ${eventKind(item.type)}" title=${item.type}>${eventWord(item.type)}</span>
      <span title=${item.text}>${item.text}</span>
    </div>`;
  }

  selectedInSight() {
    const index = this.rows.indexOf(this.cursor);
    const height = this.view?.clientHeight ?? 0;
    return (
      index >= 0 &&
      this.rows.items[index].position === this.cursor &&
      index >= Math.floor(this.top / ROW) - SPARE &&
      index < Math.ceil((this.top + height) / ROW) + SPARE
    );
  }

  /** Events of the whole log, also of those that the filter hides. */
  get total() {
    return Math.max(1, this.vsmmu.events);
  }

  scrollbar() {
    const { items } = this.rows;
    const height = this.view?.clientHeight ?? 0;
    const shown = items[Math.floor(this.top / ROW)];
    const last = items[Math.min(items.length - 1, Math.floor((this.top + height) / ROW))];
    const from = this.dragged ?? (shown ? shown.sequence / this.total : 0);
    // Rows of another log may be fewer than those that were scrolled past before.
    const share = shown && last ? Math.max(0, (last.sequence - shown.sequence) / this.total) : 1;
    const thumb = Math.max(24, share * height);
    const room = Math.max(0, height - thumb);
    const top = Math.min(1, from / Math.max(1e-9, 1 - share)) * room;
    const mark = this.related.selected ? (this.related.selected.sequence / this.total) * height : null;
    return html`<div
      class="scrollbar"
      role="scrollbar"
      tabindex="0"
      aria-label="Place in the log"
      aria-controls="events"
      aria-orientation="vertical"
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(from * 100)}
      @pointerdown=${this.grabbed}
      @pointermove=${this.dragging}
      @pointerup=${this.released}
      @keydown=${this.barPressed}
    >
      <div class="thumb" ${styled({ top: `${top}px`, height: `${thumb}px` })}></div>
      ${mark === null ? nothing : html`<div class="cursor-mark" ${styled({ top: `${Math.min(height - 2, mark)}px` })}></div>`}
    </div>`;
  }

  grabbed(event) {
    event.currentTarget.setPointerCapture(event.pointerId);
    this.toFraction(this.fractionOf(event));
  }

  dragging(event) {
    if (event.buttons & 1) {
      this.toFraction(this.fractionOf(event));
    }
  }

  released() {
    this.dragged = null;
  }

  fractionOf(event) {
    const bar = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientY - bar.top) / Math.max(1, bar.height)));
  }

  barPressed(event) {
    const step = { ArrowUp: -0.01, ArrowDown: 0.01, PageUp: -0.1, PageDown: 0.1, Home: -1, End: 1 }[event.key];
    if (step) {
      event.preventDefault();
      const now = Number(event.currentTarget.getAttribute('aria-valuenow')) / 100;
      this.toFraction(Math.max(0, Math.min(1, now + step)));
    }
  }

  /** Shows the rows at a fraction of the log; while the bar is dragged, the last one asked for. */
  async toFraction(fraction) {
    this.dragged = fraction;
    this.requestUpdate();
    const { rows } = this;
    const position = await rows.jump({ fraction });
    if (rows === this.rows && rows.items.length) {
      await this.updateComplete;
      const index = position === null ? 0 : rows.indexOf(position);
      this.scrollTo(fraction === 1 ? rows.items.length - 1 : index, 'middle');
      this.dragged = null;
    }
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const page = Math.max(1, Math.floor(this.view.clientHeight / ROW) - 1);
    const step = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page }[event.key];
    if (step) {
      event.preventDefault();
      this.step(step);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      this.toEnd(event.key === 'Home' ? 0 : 1);
    }
  }

  /** Moves the cursor by rows. */
  async step(by) {
    const { rows } = this;
    let index = rows.indexOf(this.cursor);
    if (index < 0) {
      await rows.jump({ around: this.cursor });
      index = Math.max(0, rows.indexOf(this.cursor));
    }
    const target = rows.items[Math.max(0, Math.min(rows.items.length - 1, index + by))];
    if (target) {
      change({ at: target.position }, { replace: true });
    }
  }

  async toEnd(fraction) {
    const { rows } = this;
    await rows.jump({ fraction });
    const target = fraction === 0 ? rows.items[0] : rows.items.at(-1);
    if (target && rows === this.rows) {
      change({ at: target.position }, { replace: true });
    }
  }
}

function positions(page) {
  return page.items.map((item) => item.position);
}

function relatives(word, list) {
  if (list.length === 0) {
    return nothing;
  }
  const more = list.length - LINKS;
  return html`<span class="quiet">${word}</span> ${list
      .slice(0, LINKS)
      .map((position) => html` <vs-position .position=${position}></vs-position>`)}
    ${more > 0 ? html`<span class="quiet">and ${count(more)} more</span>` : nothing}`;
}

customElements.define('event-list', EventList);
