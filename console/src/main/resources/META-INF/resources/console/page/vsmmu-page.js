import { LitElement, css, html, nothing } from 'lit';
import { get, path } from '../core/api.js';
import { Follower } from '../core/follower.js';
import { counted } from '../core/format.js';
import { Modules } from '../core/modules.js';
import { Query } from '../core/query.js';
import { change, href, hrefWith } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-copy.js';
import '../element/vs-cursor-bar.js';
import '../element/vs-problem.js';
import '../element/vs-splitter.js';
import '../element/vs-timeline.js';
import { LIFE_COLOURS } from '../timeline/lanes.js';
import { VSMMUS } from '../timeline/limits.js';
import { logEnds } from '../timeline/log-ends.js';

/**
 * What the tabs at the right show: the value of the parameter `panel`, its module, tag and title.
 *
 * Each panel's element, and the list's, gets the properties `vsmmu` (the resource, asked for again
 * while a running guest is followed), `at` (the position of the cursor, or null for the newest
 * event, whose position is `vsmmu.position`), and `query` (the parameters of the view).
 *
 * @typedef {{id: string, module: string, tag: string, title: string}} Panel
 * @type {Panel[]}
 */
const PANELS = [
  { id: 'state', module: '../panel/state-panel.js', tag: 'state-panel', title: 'State' },
  { id: 'event', module: '../panel/detail-panel.js', tag: 'detail-panel', title: 'Event' },
  { id: 'why', module: '../panel/why-panel.js', tag: 'why-panel', title: 'Why' },
  { id: 'notes', module: '../panel/notes-panel.js', tag: 'notes-panel', title: 'Notes' },
  { id: 'findings', module: '../panel/findings-panel.js', tag: 'findings-panel', title: 'Findings' },
  { id: 'invalidations', module: '../panel/invalidations-panel.js', tag: 'invalidations-panel', title: 'Invalidations' },
  { id: 'platform', module: '../panel/platform-panel.js', tag: 'platform-panel', title: 'Platform' },
  { id: 'operating', module: '../panel/operating-panel.js', tag: 'operating-panel', title: 'Operate' },
];

/** The list of events at the left of the panels, as an entry of {@link PANELS}. @type {Panel | null} */
const LIST = { id: 'events', module: '../panel/event-panel.js', tag: 'event-panel', title: 'Events' };

/** The timeline's height in CSS pixels, which is remembered in the browser. */
const HEIGHT = { least: 120, usual: 292, most: 700, name: 'vsmmu.timeline.height' };

/** One vSMMU: its timeline, the moment at the cursor, and what is asked about it. */
class VsmmuPage extends LitElement {
  static properties = {
    route: { attribute: false },
    failure: { state: true },
    ends: { state: true },
    height: { state: true },
    reached: { state: true },
    neighbours: { state: true },
  };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: flex;
        flex-direction: column;
        padding: 6px 16px 0;
      }
      .title {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 14px;
        margin-bottom: 4px;
      }
      h1 {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .title select {
        padding: 1px 4px;
        font-size: 12px;
        max-width: 150px;
      }
      .legend {
        margin-left: auto;
        font-size: 12px;
      }
      .legend i {
        display: inline-block;
        width: 9px;
        height: 9px;
        margin: 0 4px 0 10px;
      }
      .ABORT {
        background: var(--stream-abort);
      }
      .BYPASS {
        background: var(--stream-bypass);
      }
      .TRANSLATE {
        background: var(--stream-translate);
      }
      .UNKNOWN {
        background: var(--stream-unknown);
      }
      vs-timeline {
        flex: none;
      }
      .columns {
        display: flex;
        gap: 16px;
        flex: 1;
        min-height: 0;
      }
      .columns > section {
        flex: 1 1 50%;
        min-width: 0;
        overflow: auto;
      }
      .columns > .panels {
        display: flex;
        flex-direction: column;
        overflow: visible;
      }
      [role='tablist'] {
        display: flex;
        flex-wrap: wrap;
        gap: 0 14px;
        border-bottom: 1px solid var(--line);
      }
      [role='tab'] {
        padding: 4px 0 3px;
        text-decoration: none;
        border-bottom: 2px solid transparent;
      }
      [role='tab'][aria-selected='true'] {
        border-color: var(--accent);
        font-weight: 600;
      }
      [role='tabpanel'] {
        flex: 1;
        min-height: 0;
        overflow: auto;
        padding: var(--gap) 0;
      }
      /* On a wide screen everything is in sight, and the columns scroll for themselves. */
      @media (min-width: 900px) and (min-height: 600px) {
        :host {
          position: absolute;
          inset: 0;
        }
      }
      @media (max-width: 899px) {
        .columns {
          flex-direction: column;
        }
        .columns > section,
        [role='tabpanel'] {
          overflow: visible;
        }
      }
    `,
  ];

  vsmmu = new Query(this, () => this.name && [path('vsmmus', this.name)]);

  /** The event at the cursor, or the last one before it. */
  moment = new Query(this, () => this.name && this.at && [path('vsmmus', this.name, 'events'), { around: this.at, limit: 1 }]);

  modules = new Modules(this);

  /** The elements of the vSMMU's panels that were shown, by tag: each is kept while its parameters change. */
  shown = new Map();

  constructor() {
    super();
    /** The ends of the log; null while it has no event, undefined while that is not known. */
    this.ends = undefined;
    this.height = rememberedHeight();
    this.reached = true;
    this.addEventListener('vsmmu-changed', () => this.look().catch((failure) => (this.failure = failure)));
  }

  /** The name in the address. */
  get name() {
    return this.route?.path[1];
  }

  /** The position of the cursor; null for the newest. */
  get at() {
    const at = Number(this.route?.query.at);
    return Number.isSafeInteger(at) && at > 0 ? at : null;
  }

  get cursor() {
    return this.at === null ? this.ends?.newest : this.moment.value?.items[0];
  }

  /** A running guest is followed while the cursor is at the newest event. */
  get follow() {
    return this.route?.query.live === '1' && this.at === null;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.follower?.stop();
    this.follower = null;
    this.endsOf = null;
  }

  willUpdate() {
    if (this.name !== this.endsOf) {
      this.endsOf = this.name;
      this.ends = undefined;
      this.look().catch((failure) => (this.failure = failure));
    } else if (this.at === null && this.atBefore !== null) {
      this.look().catch((failure) => (this.failure = failure));
    }
    this.atBefore = this.at;
  }

  updated() {
    const timeline = this.renderRoot.querySelector('vs-timeline');
    if (timeline) {
      timeline.style.height = `${this.height}px`;
    }
    const followed = this.follow ? this.name : null;
    if (followed !== (this.follower?.vsmmu ?? null)) {
      this.follower?.stop();
      this.follower =
        followed &&
        new Follower(
          followed,
          () => this.look(),
          (reached) => (this.reached = reached),
          () => this.vsmmu.refresh(),
        );
    }
  }

  /** Asks for the newest event. @returns {Promise<number | null>} its position */
  async look() {
    const { name } = this;
    const ends = await logEnds(name, undefined, this.ends?.first);
    if (name !== this.name) {
      return null;
    }
    const grown = this.ends && ends.newest.position !== this.ends.newest.position;
    this.ends = ends;
    if (grown && !this.vsmmu.loading) {
      this.vsmmu.refresh();
    }
    return ends?.newest.position ?? null;
  }

  render() {
    const { value, problem } = this.vsmmu;
    if (problem && !value) {
      return html`<vs-problem .problem=${problem}></vs-problem>
        <p><a href=${href([])}>All vSMMUs</a></p>`;
    }
    if (!value || ![value.name, value.id].includes(this.name)) {
      return nothing;
    }
    if (value.id !== this.shownOf) {
      // An element holds answers about its vSMMU, whose positions mean nothing to another one.
      this.shown.clear();
      this.shownOf = value.id;
    }
    return html`${this.title(value)} ${this.log(value)}
      <div class="columns">
        ${LIST ? html`<section aria-label=${LIST.title}>${this.element(LIST)}</section>` : nothing}
        <section class="panels" aria-label="Panels">${this.tabs()}</section>
      </div>`;
  }

  title(vsmmu) {
    return html`<div class="title">
      <h1>${vsmmu.name}</h1>
      <span class="quiet">${vsmmu.lifecycle.toLowerCase()} · ${counted(vsmmu.events, 'event')}</span>
      ${this.beside()} ${this.copy(vsmmu)}
      <a href=${href(['compare'], { kind: 'moments', a: vsmmu.name, at: this.at ?? vsmmu.position })}>Compare this moment</a>
      <a href=${hrefWith({ find: 'changed(boots)' })} title="Finds each event at which a guest began">Boots</a>
      <span class="legend quiet" aria-hidden="true">streams:${Object.keys(LIFE_COLOURS).map((it) => html`<i class=${it}></i>${it}`)}</span>
    </div>`;
  }

  /** Adds another vSMMU's lanes to the timeline; each group of lanes can be taken off again there. */
  beside() {
    const shown = (this.route.query.vs ?? '').split(',').filter(Boolean);
    const others = (this.neighbours ?? []).filter((it) => it !== this.vsmmu.value.name && !shown.includes(it));
    return html`<select
      aria-label="Show another vSMMU beside this one"
      ?disabled=${shown.length + 1 >= VSMMUS}
      @focus=${this.askForNeighbours}
      @pointerdown=${this.askForNeighbours}
      @change=${(event) => {
        change({ vs: [...shown, event.target.value].join(',') });
        event.target.value = '';
      }}
    >
      <option value="">beside …</option>
      ${others.map((name) => html`<option>${name}</option>`)}
    </select>`;
  }

  async askForNeighbours() {
    try {
      this.neighbours ??= (await get('/vsmmus', { limit: 1000 })).items.map((it) => it.name);
    } catch (failure) {
      this.failure = failure;
    }
  }

  /** The moment and the part of the log that are shown, from a shell. */
  copy({ name }) {
    const { from, to, by } = this.route.query;
    return html`<vs-copy
      .command=${[
        { words: ['state'], values: [name], options: { at: this.at } },
        { words: ['timeline'], values: [name], options: { from, to, by } },
      ]}
      .request=${{ resource: path('vsmmus', name, 'timeline'), query: { from, to, by } }}
    ></vs-copy>`;
  }

  log(vsmmu) {
    if (this.ends === null) {
      return html`<div class="empty">
        This vSMMU has no event yet. Connect a VMM to its socket: <code>${vsmmu.socket}</code>
      </div>`;
    }
    const { query } = this.route;
    return html`<vs-timeline
        .vsmmu=${vsmmu}
        .ends=${this.ends}
        .cursor=${this.cursor}
        .query=${query}
        .follow=${this.follow}
      ></vs-timeline>
      <vs-splitter
        label="Height of the timeline"
        .value=${this.height}
        .min=${HEIGHT.least}
        .max=${HEIGHT.most}
        @resized=${this.resize}
      ></vs-splitter>
      <vs-cursor-bar
        .vsmmu=${vsmmu}
        .ends=${this.ends}
        .cursor=${this.cursor}
        .query=${query}
        .follow=${this.follow}
        .reached=${this.reached}
      ></vs-cursor-bar>
      ${this.place(vsmmu)}`;
  }

  /** Says so if the cursor is not at the position that the address names. */
  place(vsmmu) {
    const given = this.route.query.at;
    if (this.at === null) {
      return given ? html`<p class="quiet" role="status">at=${given} is no position; the newest event is shown.</p>` : nothing;
    }
    const { problem, value } = this.moment;
    if (problem?.unreached) {
      return html`<vs-problem .problem=${problem}></vs-problem>`;
    }
    if (problem) {
      return html`<vs-problem .problem=${problem}></vs-problem>
        <p><a href=${hrefWith({ at: this.ends?.first.position ?? null })}>First event of ${vsmmu.name}</a> ·
          <a href=${hrefWith({ at: null })}>Newest event</a></p>`;
    }
    const shown = value?.items[0]?.position;
    return shown && shown !== this.at && !this.moment.loading
      ? html`<p class="quiet" role="status">
          Position ${this.at} is no event of ${vsmmu.name}: a log has the events of all vSMMUs. The cursor is at its
          ${shown < this.at ? 'last event before it' : 'first event'}, ${shown}.
        </p>`
      : nothing;
  }

  resize(event) {
    this.height = event.detail;
    try {
      localStorage.setItem(HEIGHT.name, String(this.height));
    } catch {
      // The browser keeps nothing; the height holds until the page is closed.
    }
  }

  tabs() {
    const wanted = PANELS.find((it) => it.id === this.route.query.panel) ?? PANELS[0];
    if (!wanted) {
      return nothing;
    }
    return html`<div role="tablist" aria-label="Panels">
        ${PANELS.map(
          (it) =>
            html`<a
              role="tab"
              id="tab-${it.id}"
              href=${hrefWith({ panel: it.id })}
              aria-selected=${it === wanted}
              aria-controls="panel"
              >${it.title}</a
            >`,
        )}
      </div>
      <div role="tabpanel" id="panel" tabindex="0" aria-labelledby="tab-${wanted.id}">${this.element(wanted)}</div>`;
  }

  /** @param {Panel} wanted */
  element(wanted) {
    if (!this.modules.has(wanted.tag, () => import(wanted.module))) {
      const problem = this.modules.problem(wanted.tag);
      return problem ? html`<vs-problem .problem=${problem}></vs-problem>` : nothing;
    }
    if (!this.shown.has(wanted.tag)) {
      this.shown.set(wanted.tag, document.createElement(wanted.tag));
    }
    const element = this.shown.get(wanted.tag);
    Object.assign(element, { vsmmu: this.vsmmu.value, at: this.at, query: this.route.query });
    return element;
  }
}

function rememberedHeight() {
  try {
    const height = Number(localStorage.getItem(HEIGHT.name));
    return height >= HEIGHT.least && height <= HEIGHT.most ? height : HEIGHT.usual;
  } catch {
    return HEIGHT.usual;
  }
}

customElements.define('vsmmu-page', VsmmuPage);
