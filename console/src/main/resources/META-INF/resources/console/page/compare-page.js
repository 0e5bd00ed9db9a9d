import { LitElement, css, html, nothing } from 'lit';
import { get, path, post } from '../core/api.js';
import { count, counted, duration } from '../core/format.js';
import { pageStyle } from '../core/page-style.js';
import { Query } from '../core/query.js';
import { change, href } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-copy.js';
import '../element/vs-diff.js';
import '../element/vs-problem.js';
import '../element/vs-progress.js';
import '../element/vs-what-if.js';

/** What can be compared: the value of the parameter `kind`, and what its tab is called. */
const KINDS = [
  { id: 'moments', title: 'Two moments' },
  { id: 'logs', title: 'Two logs' },
  { id: 'whatif', title: 'What if' },
];

/** Boots of a log that are offered for comparison. */
const BOOTS = 20;

/** What the verdict of a comparison means. */
const VERDICTS = {
  SAME: 'The logs do not differ.',
  DIFFERENT: 'The logs differ.',
  NOTHING_IN_COMMON: 'The logs have nothing in common: nowhere are a few accesses in a row the same.',
  EMPTY: 'One of the logs has no access.',
};

/** Two moments, or two logs, beside each other; or a log with a changed input beside what happened. */
class ComparePage extends LitElement {
  static properties = {
    route: { attribute: false },
    names: { state: true },
    stopped: { state: true },
    boots: { state: true },
  };

  static styles = [
    sharedStyle,
    pageStyle,
    css`
      h2 {
        margin: 16px 0 6px;
      }
      [role='tablist'] {
        display: flex;
        gap: 0 14px;
        border-bottom: 1px solid var(--line);
        margin-bottom: 10px;
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
      form {
        margin-bottom: 12px;
      }
      .side {
        display: flex;
        gap: 10px;
        align-items: center;
        margin-bottom: 6px;
      }
      .side > span {
        width: 36px;
      }
      .side > input {
        flex: 1;
        min-width: 0;
        max-width: 220px;
      }
      form .row {
        margin-left: 46px;
      }
      .verdict {
        font-size: 1.1rem;
        margin-bottom: 6px;
      }
      .sides {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 0 20px;
      }
      .sides > div {
        min-width: 0;
      }
      tr.divergence td {
        background: var(--accent-ground);
      }
      td {
        overflow-wrap: anywhere;
      }
      td a {
        white-space: nowrap;
        overflow-wrap: normal;
      }
      @media (max-width: 899px) {
        .sides {
          grid-template-columns: 1fr;
        }
      }
    `,
  ];

  /** The parameters of the address. */
  get query() {
    return this.route?.query ?? {};
  }

  get kind() {
    return KINDS.find((it) => it.id === this.query.kind)?.id ?? KINDS[0].id;
  }

  get diffQuestion() {
    const { a, b, at, bAt, normalise } = this.query;
    const other = b && b !== a ? b : undefined;
    return [path('vsmmus', a, 'diff'), { from: at, to: bAt, with: other, normalise: normalise && true }];
  }

  get logsQuestion() {
    const { a, b, from, to, otherFrom, otherTo, normalise } = this.query;
    return [
      path('vsmmus', a, 'compare'),
      { with: b || a, from, to, otherFrom, otherTo, normalise: normalise && true },
    ];
  }

  diff = new Query(this, () => {
    const { a, at, bAt } = this.query;
    return this.kind === 'moments' && a && at && bAt && this.diffQuestion;
  });

  logs = new Query(this, () => {
    const { a, b, from, to, otherFrom, otherTo } = this.query;
    const parts = from || to || otherFrom || otherTo;
    return this.kind === 'logs' && a && b && (a !== b || parts) && this.logsQuestion;
  });

  willUpdate(changed) {
    if (changed.has('route')) {
      this.stopped = false;
      const { a, b } = this.query;
      const one = this.kind === 'logs' && a && (!b || a === b) ? a : null;
      if (one !== this.bootsOf) {
        this.bootsOf = one;
        this.boots = null;
        this.findBoots(one);
      }
    }
  }

  /** Where the boots of a log begin, which are parts of it to compare. */
  async findBoots(name) {
    if (name) {
      const search = { expression: 'changed(boots)', mode: 'all', limit: String(BOOTS) };
      const found = await post(path('vsmmus', name, 'find'), search).catch(() => null);
      if (name === this.bootsOf) {
        this.boots = found?.hits.map((hit) => hit.position) ?? [];
      }
    }
  }

  /** Links to the comparison of each boot with the one before it. */
  bootLinks() {
    const { a } = this.query;
    const pairs = (this.boots ?? []).slice(1).map((begin, index) => ({
      title: `Boot ${index + 1} beside boot ${index + 2}`,
      query: {
        kind: 'logs',
        a,
        b: a,
        from: index === 0 ? null : this.boots[index],
        to: begin - 1,
        otherFrom: begin,
        otherTo: this.boots[index + 2] ? this.boots[index + 2] - 1 : null,
        normalise: 1,
      },
    }));
    return pairs.length > 0
      ? html`<p class="row">
          ${pairs.map((it) => html`<a href=${href(['compare'], it.query)}>${it.title}</a>`)}
        </p>`
      : nothing;
  }

  render() {
    return html`<div class="row head">
        <h1>Compare</h1>
        ${this.copy()}
      </div>
      <div role="tablist" aria-label="What is compared">
        ${KINDS.map(
          (it) =>
            html`<a
              role="tab"
              href=${href(['compare'], { ...this.query, kind: it.id })}
              aria-selected=${it.id === this.kind}
              >${it.title}</a
            >`,
        )}
      </div>
      <datalist id="names">${(this.names ?? []).map((name) => html`<option value=${name}></option>`)}</datalist>
      ${this.kind === 'moments' ? this.moments() : this.kind === 'logs' ? this.twoLogs() : this.whatIf()}`;
  }

  copy() {
    const { a, b, at, bAt, from, to, otherFrom, otherTo, normalise } = this.query;
    if (!a || this.kind === 'whatif') {
      return nothing;
    }
    const moments = this.kind === 'moments';
    const [resource, query] = moments ? this.diffQuestion : this.logsQuestion;
    const command = moments
      ? {
          words: ['diff'],
          values: [a, at || 'FROM', bAt || 'TO'],
          options: { with: query.with, normalise: Boolean(normalise) },
        }
      : {
          words: ['compare'],
          values: [a, b || a],
          options: { from, to, 'other-from': otherFrom, 'other-to': otherTo, normalise: Boolean(normalise) },
        };
    return html`<vs-copy .command=${command} .request=${{ resource, query }}></vs-copy>`;
  }

  /** A field of a form; the form is read when it is sent. */
  field(name, label, placeholder, isName = false) {
    return html`<input
      name=${name}
      aria-label=${label}
      placeholder=${placeholder}
      list=${isName ? 'names' : nothing}
      .value=${this.query[name] ?? ''}
      @focus=${isName ? () => this.suggest('') : null}
      @input=${isName ? (event) => this.suggest(event.target.value) : null}
    />`;
  }

  normalised(text) {
    return html`<label title=${text}
      ><input type="checkbox" name="normalise" .checked=${Boolean(this.query.normalise)} /> Normalise
      <span class="quiet">${text}</span></label
    >`;
  }

  moments() {
    const { value, problem, loading } = this.diff;
    const { a, b } = this.query;
    return html`<form @submit=${this.submitted}>
        <div class="side">
          <span>From</span>${this.field('a', 'First vSMMU', 'vSMMU', true)}
          ${this.field('at', 'First moment', 'position or instant')}
        </div>
        <div class="side">
          <span>To</span>${this.field('b', 'Second vSMMU', 'the same vSMMU', true)}
          ${this.field('bAt', 'Second moment', 'position or instant')}
        </div>
        <div class="row">
          <button class="primary">Compare</button> ${this.normalised('host objects by what they are, not by their handles')}
        </div>
      </form>
      ${problem ? html`<vs-problem .problem=${problem}></vs-problem>` : nothing}
      ${loading && !value ? html`<vs-progress label="Comparing" @stop=${() => this.stop(this.diff)}></vs-progress>` : nothing}
      ${this.stoppedNote(this.diff)}
      ${value
        ? html`<p>
              From position ${at(a, value.from)} of ${a} to position ${at(b || a, value.to)} of ${b || a}.
              ${!b || a === b
                ? html`<a href=${href(['vsmmus', a], { from: Math.min(value.from, value.to), to: Math.max(value.from, value.to), at: value.to })}
                    >The events between</a
                  >`
                : nothing}
            </p>
            <vs-diff .sections=${value.sections}></vs-diff>`
        : problem || loading || this.stopped
          ? nothing
          : html`<div class="empty">
              Name a vSMMU and two moments of it, or two vSMMUs with a moment of each: positions, or instants such as
              2026-01-31T12:00:00Z.
            </div>`}`;
  }

  twoLogs() {
    const { value, problem, loading, progress } = this.logs;
    return html`<form @submit=${this.submitted}>
        <div class="side">
          <span>A</span>${this.field('a', 'Log A', 'vSMMU', true)} ${this.field('from', 'A from', 'from the first event')}
          ${this.field('to', 'A to', 'to the newest event')}
        </div>
        <div class="side">
          <span>B</span>${this.field('b', 'Log B', 'vSMMU', true)}
          ${this.field('otherFrom', 'B from', 'from the first event')}
          ${this.field('otherTo', 'B to', 'to the newest event')}
        </div>
        <div class="row">
          <button class="primary">Compare</button>
          ${this.normalised('addresses are ignored, ids are compared by their counterparts')}
        </div>
      </form>
      ${this.bootLinks()}
      ${problem ? html`<vs-problem .problem=${problem}></vs-problem>` : nothing}
      ${loading && !value
        ? html`<vs-progress label="Comparing" .progress=${progress} @stop=${() => this.stop(this.logs)}></vs-progress>`
        : nothing}
      ${this.stoppedNote(this.logs)} ${value ? this.comparison(value) : nothing}
      ${value || problem || loading || this.stopped
        ? nothing
        : html`<div class="empty">
            Name two logs: the same guest on two kernels, hosts or VMMs, or two parts of one log, such as two boots.
          </div>`}`;
  }

  stoppedNote(query) {
    return this.stopped
      ? html`<p class="row">
          Stopped.
          <button @click=${() => {
            this.stopped = false;
            query.refresh();
          }}>Start again</button>
        </p>`
      : nothing;
  }

  stop(query) {
    query.stop();
    this.stopped = true;
  }

  comparison(it) {
    const a = it.a.vsmmu;
    const b = it.b.vsmmu;
    const same = it.verdict === 'SAME';
    return html`<div class="verdict ${same ? 'good' : 'warn'}" role="status">${VERDICTS[it.verdict]}</div>
      <p>
        ${counted(it.same, 'access').replace('accesss', 'accesses')} the same, ${count(it.different)} with other values or
        outcomes, ${count(total(it.onlyInA))} only in A, ${count(total(it.onlyInB))} only in B.
        ${it.unlisted > 0 ? `${count(it.unlisted)} further kinds of differences are not listed.` : nothing}
      </p>
      ${this.logFacts(it)} ${it.first ? this.divergence(it.first, a, b) : nothing}
      <div class="sides">
        ${onlyTable('Only in A', it.onlyInA, a)} ${onlyTable('Only in B', it.onlyInB, b)}
      </div>
      ${valueTable('Values of accesses', it.values, a, b)} ${valueTable('What the guest read', it.reads, a, b)}
      ${valueTable('Streams', it.streams, a, b)} ${valueTable('Answers of the host', it.hostAnswers, a, b)}
      ${durationTable(it.durations, a, b)}`;
  }

  logFacts(it) {
    const rows = [
      ['A', it.a],
      ['B', it.b],
    ];
    return html`<table>
      <thead>
        <tr>
          <th><span class="unseen">Log</span></th>
          <th>vSMMU</th>
          <th class="number">Events</th>
          <th class="number">Accesses</th>
          <th>From doorbell to completion</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([side, log]) =>
            html`<tr>
              <th scope="row">${side}</th>
              <td>
                <a href=${href(['vsmmus', log.vsmmu])}>${log.vsmmu}</a>
                ${log.broken ? html`<div class="bad">${log.broken}</div>` : nothing}
              </td>
              <td class="number">${count(log.events)}</td>
              <td class="number">${count(log.accesses)}</td>
              <td>${completion(log.completion)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  divergence(first, a, b) {
    return html`<h2>First divergence</h2>
      <p>${first.how}</p>
      ${first.differences.length > 0
        ? html`<table>
            <thead>
              <tr>
                <th>Field</th>
                <th>A</th>
                <th>B</th>
              </tr>
            </thead>
            <tbody>
              ${first.differences.map(
                (it) =>
                  html`<tr>
                    <td>${it.field}</td>
                    <td><code>${text(it.a)}</code></td>
                    <td><code>${text(it.b)}</code></td>
                  </tr>`,
              )}
            </tbody>
          </table>`
        : nothing}
      <div class="sides">
        ${accesses('A', a, first.beforeA, first.a, first.afterA)} ${accesses('B', b, first.beforeB, first.b, first.afterB)}
      </div>`;
  }

  whatIf() {
    const { a } = this.query;
    return html`<div class="row">
        <label>
          vSMMU
          <input
            list="names"
            placeholder="Name"
            .value=${a ?? ''}
            @focus=${() => this.suggest('')}
            @input=${(event) => this.suggest(event.target.value)}
            @change=${(event) => change({ a: event.target.value || null })}
          />
        </label>
      </div>
      ${a ? html`<vs-what-if .vsmmu=${a} .query=${this.query}></vs-what-if>` : html`<div class="empty">Name the vSMMU whose log is decided again.</div>`}`;
  }

  submitted(event) {
    event.preventDefault();
    const fields = [...event.target.elements].filter((it) => it.name);
    const given = fields.map((it) => [it.name, it.type === 'checkbox' ? (it.checked ? '1' : null) : it.value.trim() || null]);
    change({ kind: this.kind, ...Object.fromEntries(given) });
  }

  async suggest(name) {
    this.names = await get('/vsmmus', { name, limit: 20 }).then(
      (page) => page.items.map((it) => it.name),
      () => [],
    );
  }
}

/** A position of a vSMMU as a link. */
function at(vsmmu, position) {
  return html`<a href=${href(['vsmmus', vsmmu], { at: position })}>${position}</a>`;
}

function total(items) {
  return items.reduce((sum, it) => sum + it.count, 0);
}

/** A value of the interface: `-` if it is absent, fields as `name=value`. */
function text(value) {
  if (value === null || value === undefined || value === '') {
    return '-';
  }
  if (Array.isArray(value)) {
    return value.map(text).join(' ');
  }
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, each]) => `${name}=${text(each)}`)
      .join(' ');
  }
  return String(value);
}

function completion(it) {
  return it
    ? html`<span title=${it.measured}
        >median ${micros(it.median)}, p99 ${micros(it.p99)}, longest ${micros(it.longest)}</span
      >`
    : html`<span class="quiet">not recorded</span>`;
}

function micros(number) {
  return duration(number / 1e6);
}

function accesses(side, vsmmu, before, divergent, after) {
  const row = (it, css) =>
    html`<tr class=${css}>
      <td>${at(vsmmu, it.position)}</td>
      <td>${it.access}</td>
      <td><code>${text(it.data)}</code></td>
    </tr>`;
  return html`<div>
    <table aria-label="Accesses of ${side} around the divergence">
      <thead>
        <tr>
          <th>${side}</th>
          <th>Access</th>
          <th>Values</th>
        </tr>
      </thead>
      <tbody>
        ${before.map((it) => row(it, ''))} ${divergent ? row(divergent, 'divergence') : nothing}
        ${after.map((it) => row(it, ''))}
      </tbody>
    </table>
  </div>`;
}

function onlyTable(title, items, vsmmu) {
  return html`<div>
    ${items.length > 0
      ? html`<h2>${title}</h2>
          <table aria-label=${title}>
            <thead>
              <tr>
                <th>Access</th>
                <th class="number">Count</th>
                <th>Positions</th>
              </tr>
            </thead>
            <tbody>
              ${items.map(
                (it) =>
                  html`<tr>
                    <td>${it.access}</td>
                    <td class="number">${count(it.count)}</td>
                    <td>${it.positions.map((position) => html`${at(vsmmu, position)} `)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
      : nothing}
  </div>`;
}

function valueTable(title, items, a, b) {
  if (items.length === 0) {
    return nothing;
  }
  return html`<h2>${title}</h2>
    <table aria-label=${title}>
      <thead>
        <tr>
          <th>Access</th>
          <th>Field</th>
          <th class="number">Count</th>
          <th>Examples: value at A, value at B</th>
        </tr>
      </thead>
      <tbody>
        ${items.map(
          (it) =>
            html`<tr>
              <td>${it.access}</td>
              <td>${it.field}</td>
              <td class="number">${count(it.count)}</td>
              <td>
                ${it.examples.map(
                  (each) =>
                    html`<div>
                      <code>${text(each.a)}</code> at ${at(a, each.positionA)}, <code>${text(each.b)}</code> at
                      ${at(b, each.positionB)}
                    </div>`,
                )}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function durationTable(items, a, b) {
  if (items.length === 0) {
    return nothing;
  }
  const title = 'Times from doorbell to completion that differ most';
  return html`<h2>${title}</h2>
    <table aria-label=${title}>
      <thead>
        <tr>
          <th>Command</th>
          <th>At A</th>
          <th class="number">A took</th>
          <th>At B</th>
          <th class="number">B took</th>
        </tr>
      </thead>
      <tbody>
        ${items.map(
          (it) =>
            html`<tr>
              <td>${it.access}</td>
              <td>${at(a, it.positionA)}</td>
              <td class="number">${micros(it.microsA)}</td>
              <td>${at(b, it.positionB)}</td>
              <td class="number">${micros(it.microsB)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

customElements.define('compare-page', ComparePage);
