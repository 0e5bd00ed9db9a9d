import { LitElement, css, html, nothing } from 'lit';
import { path, post } from '../core/api.js';
import { completions, findNames } from '../core/find-names.js';
import { absolute, count, counted } from '../core/format.js';
import { bind } from '../core/keyboard.js';
import { change } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import './vs-copy.js';
import './vs-position.js';
import './vs-problem.js';
import './vs-progress.js';

/** Hits that the list has at first, and the most that the service gives. */
const LISTED = 100;
const MOST = 1000;

/**
 * The search above the list of events: a condition (docs/find.md), the hit before and behind the
 * cursor, and all hits as a list. The condition is the parameter `find` of the view.
 *
 * Properties as of a panel: `vsmmu`, `at`, `query`.
 */
class FindBar extends LitElement {
  static properties = {
    vsmmu: { attribute: false },
    at: { attribute: false },
    query: { attribute: false },
    offers: { state: true },
    active: { state: true },
    answer: { state: true },
    problem: { state: true },
    notice: { state: true },
    searching: { state: true },
    progress: { state: true },
    listed: { state: true },
  };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
        position: relative;
        margin-bottom: 4px;
      }
      form {
        display: flex;
        gap: 4px;
        align-items: center;
      }
      input {
        flex: 1;
        min-width: 120px;
        font-family: var(--mono);
        font-size: 0.93em;
      }
      form button {
        padding: 3px 7px;
        white-space: nowrap;
      }
      .offers {
        position: absolute;
        z-index: 5;
        left: 0;
        right: 0;
        max-height: 260px;
        overflow: auto;
        margin-top: 2px;
        background: var(--ground);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        box-shadow: 0 4px 16px rgb(0 0 0 / 0.25);
      }
      .offer {
        display: grid;
        grid-template-columns: minmax(9em, auto) minmax(0, 1fr);
        gap: 12px;
        padding: 2px 8px;
        cursor: pointer;
      }
      .offer[aria-selected='true'],
      .offer:hover {
        background: var(--accent-ground);
      }
      .offer > :last-child {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .faulty {
        margin: 4px 0;
        overflow-wrap: anywhere;
      }
      .faulty mark {
        background: var(--bad-ground);
        color: var(--bad);
        text-decoration: underline wavy;
      }
      .results {
        border: 1px solid var(--line);
        border-radius: var(--radius);
        margin-top: 4px;
        max-height: 168px;
        overflow: auto;
      }
      .results td,
      .results th {
        padding: 1px 10px 1px 6px;
      }
      .results tr.here {
        background: var(--accent-ground);
      }
      td.values {
        overflow-wrap: anywhere;
      }
      .narrow {
        white-space: nowrap;
        width: 1%;
      }
      .line {
        margin-top: 4px;
      }
    `,
  ];

  constructor() {
    super();
    this.offers = [];
    this.active = -1;
    this.listed = true;
    this.searches = new Map();
  }

  connectedCallback() {
    super.connectedCallback();
    this.unbind = bind([
      { keys: ['/'], where: 'Events', what: 'Find: write a condition', run: () => this.begin() },
    ]);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unbind();
    this.stop('jump', 'all');
    this.key = undefined;
  }

  get expression() {
    return this.query?.find ?? '';
  }

  get input() {
    return this.renderRoot.querySelector('input');
  }

  willUpdate() {
    const key = JSON.stringify([this.vsmmu?.name, this.expression]);
    if (this.vsmmu && key !== this.key) {
      this.key = key;
      this.stop('all');
      this.answer = null;
      this.problem = null;
      this.notice = '';
      if (this.expression) {
        this.all(LISTED);
      }
    }
  }

  render() {
    const { answer } = this;
    return html`<form role="search" aria-label="Find" @submit=${(event) => this.submitted(event)}>
        <input
          type="search"
          role="combobox"
          aria-label="Condition"
          aria-autocomplete="list"
          aria-expanded=${this.offers.length ? 'true' : 'false'}
          aria-controls="offers"
          aria-activedescendant=${this.active >= 0 ? `offer-${this.active}` : nothing}
          aria-invalid=${this.problem ? 'true' : nothing}
          aria-describedby=${this.problem ? 'faulty' : nothing}
          placeholder='Find, as in streams["0x900"].configuration == "TRANSLATE"   ( / )'
          spellcheck="false"
          autocomplete="off"
          .value=${this.expression}
          @focus=${() => findNames().catch(() => {})}
          @input=${this.typed}
          @keydown=${this.pressed}
          @blur=${() => this.close()}
        />
        ${this.button('first', '⇤', 'First hit')} ${this.button('previous', '←', 'Previous hit')}
        ${this.button('next', '→', 'Next hit')} ${this.button('last', '⇥', 'Last hit')}
        <button
          type="button"
          aria-expanded=${answer && this.listed ? 'true' : 'false'}
          aria-controls="results"
          title="List of all hits"
          @click=${() => this.toggleList()}
        >
          ${answer ? counted(answer.found, 'hit') : 'All'}
        </button>
        ${this.expression ? this.copy() : nothing}
      </form>
      ${this.offers.length ? this.popup() : nothing} ${this.messages()}
      ${answer && this.listed ? this.results(answer) : nothing}`;
  }

  button(mode, sign, label) {
    return html`<button type="button" aria-label=${label} title=${label} @click=${() => this.jump(mode)}>${sign}</button>`;
  }

  popup() {
    return html`<div class="offers" id="offers" role="listbox" aria-label="Names">
      ${this.offers.map(
        (offer, i) =>
          html`<div
            class="offer"
            role="option"
            id="offer-${i}"
            aria-selected=${i === this.active ? 'true' : 'false'}
            @pointerdown=${(event) => this.picked(event, offer)}
          >
            <code>${offer.shown}</code><span class="quiet">${offer.meaning}</span>
          </div>`,
      )}
    </div>`;
  }

  messages() {
    return html`${this.searching && this.progress
      ? html`<vs-progress class="line" label="Searching" .progress=${this.progress} @stop=${() => this.stop('jump', 'all')}></vs-progress>`
      : nothing}
    ${this.problem ? this.refusal() : nothing}
    <div class="line quiet" role="status" ?hidden=${!this.notice}>${this.notice}</div>`;
  }

  /** The part of the condition that the service refuses is marked. */
  refusal() {
    const { offset, end } = this.problem;
    const text = this.refused;
    return html`<div id="faulty">
      ${Number.isInteger(offset)
        ? html`<div class="faulty">
            <code>${text.slice(0, offset)}<mark>${text.slice(offset, end ?? offset + 1) || '\u00a0'}</mark>${text.slice(end ?? offset + 1)}</code>
          </div>`
        : nothing}
      <vs-problem .problem=${this.problem}></vs-problem>
    </div>`;
  }

  results(answer) {
    const left = answer.found - answer.hits.length;
    return html`<div class="results" id="results" role="region" tabindex="0" aria-label="Hits">
      ${answer.hits.length
        ? html`<table>
            <thead>
              <tr>
                <th class="number narrow">Position</th>
                <th class="narrow">Type</th>
                <th>Values before and after</th>
              </tr>
            </thead>
            <tbody>
              ${answer.hits.map((hit) => this.hit(hit))}
            </tbody>
          </table>`
        : html`<div class="line quiet">It holds at no event of ${counted(answer.events, 'event')}.</div>`}
      ${answer.damage ? html`<div class="bad">Only up to sequence ${answer.damage.sequence}: ${answer.damage.problem}</div>` : nothing}
      ${left > 0
        ? html`<div class="line">
            ${count(left)} more hits.
            ${answer.hits.length < MOST
              ? html`<button class="plain" @click=${() => this.all(MOST)}>List ${count(Math.min(MOST, answer.found))}</button>`
              : 'The timeline shows where they are.'}
          </div>`
        : nothing}
    </div>`;
  }

  copy() {
    return html`<vs-copy
      .command=${{ words: ['find'], values: [this.vsmmu.name, this.expression], options: { all: true } }}
      .request=${{
        method: 'POST',
        resource: path('vsmmus', this.vsmmu.name, 'find'),
        body: { expression: this.expression, mode: 'all', limit: LISTED },
      }}
    ></vs-copy>`;
  }

  hit(hit) {
    const here = hit.position === this.at;
    return html`<tr class=${here ? 'here' : nothing}>
      <td class="number narrow"><vs-position .position=${hit.position}></vs-position></td>
      <td class="narrow" title=${`${absolute(hit.time)} UTC`}>${hit.type}</td>
      <td class="values">
        ${hit.values.length
          ? hit.values.map(
              (value) =>
                html`<div>
                  <span class="quiet">${value.path}</span>
                  ${'before' in value ? html`<code>${shown(value.before)}</code> → ` : nothing}
                  <code>${shown(value.after)}</code>
                </div>`,
            )
          : html`<span class="quiet">–</span>`}
      </td>
    </tr>`;
  }

  begin() {
    this.input.focus();
    this.input.select();
  }

  async typed() {
    const { input } = this;
    this.notice = '';
    try {
      const names = await findNames();
      if (document.activeElement && this.renderRoot.activeElement === input) {
        const sids = this.vsmmu.devices.map((it) => it.sid);
        this.offers = completions(names, input.value.slice(0, input.selectionStart), sids);
        this.active = -1;
      }
    } catch {
      // A condition can be written without help.
      this.offers = [];
    }
  }

  close() {
    this.offers = [];
    this.active = -1;
  }

  pressed(event) {
    const { offers } = this;
    if (event.key === 'Escape' && offers.length) {
      event.preventDefault();
      this.close();
    } else if (event.key === 'Escape') {
      this.input.blur();
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && offers.length) {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.active = (this.active + step + offers.length) % offers.length;
      this.updateComplete.then(() =>
        this.renderRoot.querySelector(`#offer-${this.active}`)?.scrollIntoView({ block: 'nearest' }),
      );
    } else if (event.key === 'Tab' && offers.length && !event.shiftKey) {
      event.preventDefault();
      this.take(offers[Math.max(0, this.active)]);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (this.active >= 0) {
        this.take(offers[this.active]);
      } else {
        this.jump(event.shiftKey ? 'previous' : 'next');
      }
    }
  }

  picked(event, offer) {
    event.preventDefault();
    this.take(offer);
  }

  /** Puts a completion in the place of what was begun. */
  take(offer) {
    const { input } = this;
    const rest = input.value.slice(input.selectionStart);
    const head = input.value.slice(0, offer.start) + offer.text;
    input.value = head + rest;
    input.setSelectionRange(head.length, head.length);
    this.close();
    if (offer.more) {
      this.typed();
    }
  }

  submitted(event) {
    event.preventDefault();
    this.jump('next');
  }

  toggleList() {
    if (this.answer) {
      this.listed = !this.listed;
    } else {
      this.listed = true;
      this.show();
    }
  }

  /** Writes the condition into the address, which begins the search for all hits. */
  show() {
    const text = this.input.value.trim();
    change({ find: text || null }, { replace: true });
    return text;
  }

  /** Moves the cursor to a hit. */
  async jump(mode) {
    this.close();
    const text = this.show();
    if (!text) {
      return;
    }
    this.notice = '';
    const at = this.at ?? this.vsmmu.position;
    const wanted = mode === 'next' && this.at === null ? 'first' : mode;
    const relative = wanted === 'next' || wanted === 'previous';
    const answer = await this.search('jump', { expression: text, mode: wanted, ...(relative ? { at } : {}) });
    if (!answer) {
      return;
    }
    const hit = answer.hits[0];
    if (hit) {
      change({ at: hit.position });
    } else {
      this.notice = relative
        ? `There is no hit ${wanted === 'next' ? 'behind' : 'in front of'} position ${at}.`
        : 'There is no hit.';
    }
  }

  async all(limit) {
    const answer = await this.search('all', { expression: this.expression, mode: 'all', limit });
    if (answer) {
      this.answer = answer;
    }
  }

  /**
   * @param {'jump' | 'all'} purpose a search ends the one before it with the same purpose
   * @returns the answer; null if it was stopped or refused
   */
  async search(purpose, body) {
    this.searches.get(purpose)?.abort();
    const abort = new AbortController();
    this.searches.set(purpose, abort);
    this.searching = true;
    try {
      const answer = await post(path('vsmmus', this.vsmmu.name, 'find'), body, {
        signal: abort.signal,
        onProgress: (progress) => (this.progress = progress),
      });
      this.problem = null;
      return abort.signal.aborted ? null : answer;
    } catch (failure) {
      if (failure.name !== 'AbortError') {
        this.refused = body.expression;
        this.problem = failure;
      }
      return null;
    } finally {
      if (this.searches.get(purpose) === abort) {
        this.searches.delete(purpose);
      }
      if (this.searches.size === 0) {
        this.searching = false;
        this.progress = null;
      }
    }
  }

  stop(...purposes) {
    purposes.forEach((purpose) => this.searches.get(purpose)?.abort());
  }
}

function shown(value) {
  return value === null || value === undefined ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

customElements.define('find-bar', FindBar);
