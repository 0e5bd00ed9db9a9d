import { LitElement, css, html, nothing } from 'lit';
import { get, path } from '../core/api.js';
import { absolute, count, micros, relative } from '../core/format.js';
import { bind } from '../core/keyboard.js';
import { change, current } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import { instant } from '../timeline/axis.js';
import { logEnds } from '../timeline/log-ends.js';
import './vs-problem.js';

/** What a step leads to: the unit of the REST interface, its name, what stands between its buttons, and its keys. */
const UNITS = [
  { unit: 'event', word: 'event', next: ['ArrowRight'], previous: ['ArrowLeft'] },
  { unit: 'access', word: 'access', next: ['a'], previous: ['A'] },
  { unit: 'command', word: 'command', next: ['c'], previous: ['C'] },
  { unit: 'doorbell', word: 'doorbell', next: ['d'], previous: ['D'] },
  { unit: 'stream-change', word: 'stream change', short: 'change', next: [']'], previous: ['['], ofStream: true },
  { unit: 'fault', word: 'fault', next: ['f'], previous: ['F'], ofStream: true },
];

/** The greatest number of moves of the cursor that wait for the one before, or for the page to know its vSMMU; further ones are dropped. */
const WAITING_MOVES = 8;

/**
 * The moment that the page shows, and how to go to another one. `cursor` is the event there, `ends`
 * the ends of the log; with `query.sid` stream changes and faults are those of this StreamID.
 * `follow` says whether the page follows a running guest, `reached` whether the service answers it.
 */
class CursorBarElement extends LitElement {
  static properties = {
    vsmmu: { attribute: false },
    ends: { attribute: false },
    cursor: { attribute: false },
    query: { attribute: false },
    follow: { type: Boolean },
    reached: { type: Boolean },
    problem: { state: true },
    said: { state: true },
  };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
        font-size: 12px;
      }
      form,
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 10px;
      }
      .row {
        justify-content: space-between;
        padding: 4px 0;
      }
      input {
        width: 84px;
        padding: 1px 6px;
        font-family: var(--mono);
      }
      .steps {
        display: flex;
        flex-wrap: wrap;
        gap: 3px 6px;
        align-items: center;
      }
      .step {
        display: inline-flex;
        align-items: center;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      .step button {
        border: 0;
        padding: 1px 6px;
        line-height: 1.4;
      }
      .step span {
        padding: 0 3px;
      }
      button {
        padding: 1px 8px;
      }
      .live[aria-pressed='true'] {
        background: var(--good);
        border-color: var(--good);
        color: var(--ground);
      }
      time {
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  constructor() {
    super();
    this.query = {};
    this.reached = true;
    this.waiting = [];
  }

  connectedCallback() {
    super.connectedCallback();
    const where = 'Cursor';
    this.unbind = bind([
      ...UNITS.flatMap((it) => [
        { keys: it.next, where, what: `Next ${it.word}${it.ofStream ? ', of the selected stream if there is one' : ''}`, run: (event) => this.step(it, 'next', event.repeat) },
        { keys: it.previous, where, what: `Previous ${it.word}`, run: (event) => this.step(it, 'previous', event.repeat) },
      ]),
      { keys: ['Home'], where, what: 'First event', run: () => this.first() },
      { keys: ['End'], where, what: 'Newest event', run: () => this.newest() },
      { keys: ['l'], where, what: 'Follow the newest event, or stop following', run: () => this.toggleFollow() },
      { keys: ['g'], where, what: 'Go to a position or time', run: () => this.renderRoot.querySelector('input')?.select() },
    ]);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unbind();
    this.waiting = [];
    this.stepping?.abort();
  }

  updated() {
    this.moveOn();
  }

  willUpdate(changed) {
    if (changed.has('query')) {
      this.problem = null;
    }
  }

  /** A recording, and what is deleted, does not grow. */
  get growing() {
    return ['RUNNING', 'PAUSED', 'ABSENT'].includes(this.vsmmu.lifecycle);
  }

  /** The ends of the log, also before the page has asked for them. */
  async knownEnds() {
    return this.ends ?? (this.vsmmu && (await logEnds(this.vsmmu.name)));
  }

  first() {
    this.waiting = [];
    this.later(async () => {
      const ends = await this.knownEnds();
      if (ends) {
        change({ at: ends.first.position, entry: null, live: null });
      }
    });
  }

  newest() {
    this.waiting = [];
    change({ at: null, entry: null });
  }

  toggleFollow() {
    if (this.growing) {
      change(this.follow ? { live: null } : { live: 1, at: null, entry: null });
    }
  }

  /** One step at a time; what a held key repeats meanwhile is dropped. */
  step(unit, to, repeated = false) {
    if (!(repeated && (this.stepping || this.waiting.length > 0))) {
      this.later((signal) => this.take(unit, to, signal));
    }
  }

  /** @param {(signal: AbortSignal) => Promise<void>} move is made when those before it are, and the page knows its vSMMU */
  later(move) {
    if (this.waiting.length < WAITING_MOVES) {
      this.waiting.push(move);
    }
    this.moveOn();
  }

  async moveOn() {
    while (this.vsmmu && !this.stepping && this.waiting.length > 0) {
      this.stepping = new AbortController();
      this.problem = null;
      try {
        await this.waiting.shift()(this.stepping.signal);
      } catch (problem) {
        this.waiting = [];
        if (problem.name !== 'AbortError') {
          this.problem = problem;
        }
      } finally {
        this.stepping = null;
      }
    }
  }

  async take({ unit, word, ofStream }, to, signal) {
    // The address is where the cursor is going to; the event there may still be on its way.
    const { at, entry, sid } = current().query;
    const from = at ?? (await this.knownEnds())?.newest.position;
    if (from === undefined) {
      return;
    }
    const query = {
      from,
      to,
      unit,
      sid: ofStream ? sid : null,
      entry: unit === 'command' ? entry : null,
    };
    const step = await get(path('vsmmus', this.vsmmu.name, 'step'), query, { signal });
    if (step.found) {
      this.said = '';
      change({ at: step.position, entry: step.entry ?? null, live: null });
    } else if (step.searchedToEnd) {
      const whose = query.sid ? ` of StreamID ${query.sid}` : '';
      this.said = `There is no ${to} ${word}${whose}.`;
    } else {
      this.said = `No ${word} up to position ${count(step.position)}; step again to look further.`;
      change({ at: step.position, entry: null, live: null });
    }
  }

  /** A position, a time as the bar shows it or as the service writes it, or the name of a bookmark. */
  async goTo(event) {
    event.preventDefault();
    const input = this.renderRoot.querySelector('input');
    const text = input.value.trim().replaceAll(/[,\s]+(?=\d{3}\b)/g, '');
    this.problem = null;
    this.said = '';
    try {
      const around = pointOf(input.value.trim(), text);
      const page = await get(path('vsmmus', this.vsmmu.name, 'events'), { around, limit: 1 });
      change({ at: page.at ?? page.items[0]?.position, entry: null, live: null });
      input.blur();
    } catch (problem) {
      this.problem = problem;
    }
  }

  render() {
    const { cursor, ends } = this;
    if (!this.vsmmu) {
      return nothing;
    }
    return html`
      <div class="row">
        <form @submit=${this.goTo}>
          <label for="position">Position</label>
          <input
            id="position"
            autocomplete="off"
            spellcheck="false"
            title="A position, a time such as 2026-11-30 12:00:00.5, or @ and the name of a bookmark"
            .value=${cursor ? String(cursor.position) : ''}
          />
          ${cursor && ends
            ? html`<span class="quiet">sequence ${count(cursor.sequence)}</span>
                <time datetime=${cursor.time}>${absolute(cursor.time)}</time>
                <span class="quiet" title="Since the first event; until the newest event">
                  ${relative(cursor.time, ends.first.time)} ·
                  ${cursor.position === ends.newest.position ? 'newest' : relative(cursor.time, ends.newest.time)}
                </span>`
            : nothing}
        </form>
        <div class="steps" role="group" aria-label="Steps">
          <button aria-label="First event" title="First event (Home)" @click=${this.first}>|‹</button>
          ${UNITS.map((it) => this.stepButtons(it))}
          <button aria-label="Newest event" title="Newest event (End)" @click=${this.newest}>›|</button>
          ${this.growing
            ? html`<button
                class="live"
                aria-pressed=${this.follow}
                title="Follow the newest event (l)"
                @click=${this.toggleFollow}
                >${this.follow && !this.reached ? 'Waiting for the service' : 'Live'}</button
              >`
            : nothing}
        </div>
      </div>
      <div role="status" class="quiet">${this.said}</div>
      ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}
    `;
  }

  stepButtons(it) {
    const word = it.ofStream && this.query.sid ? `${it.word} of ${this.query.sid}` : it.word;
    return html`<span class="step">
      <button aria-label="Previous ${word}" title="Previous ${word} (${it.previous})" @click=${() => this.step(it, 'previous')}>
        ‹
      </button>
      <span aria-hidden="true">${it.short ?? it.word}</span>
      <button aria-label="Next ${word}" title="Next ${word} (${it.next})" @click=${() => this.step(it, 'next')}>›</button>
    </span>`;
  }
}

/** What the service reads as a point of the log. */
function pointOf(given, number) {
  if (/^\d+$/.test(number)) {
    return number;
  }
  // The parser of a browser takes many a text for a date.
  const time = /^\d{4}-\d\d-\d\d[ T]\d/.test(given) ? given.replace(' ', 'T').replace(/Z?$/, 'Z') : '';
  return Number.isNaN(Date.parse(time)) ? given : instant(micros(time));
}

customElements.define('vs-cursor-bar', CursorBarElement);
