import { LitElement, css, html, nothing } from 'lit';
import { path } from '../core/api.js';
import { count, counted } from '../core/format.js';
import { Query } from '../core/query.js';
import { change, hrefWith } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-copy.js';
import '../element/vs-position.js';
import '../element/vs-problem.js';
import '../element/vs-progress.js';

/** The severities, and how each is shown. The worst comes first. */
const SEVERITIES = [
  { name: 'ERROR', kind: 'bad' },
  { name: 'WARNING', kind: 'warn' },
  { name: 'INFO', kind: 'quiet' },
];

/** Findings of one rule that are shown beside other rules. */
const BRIEF = 4;

/** Evidence of one finding that is shown at once. */
const EVIDENCE = 12;

/** What in the log hints at a bug of the guest or the VMM, by rule. */
class FindingsPanel extends LitElement {
  static properties = { vsmmu: { attribute: false }, at: { attribute: false }, query: { attribute: false } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      .head {
        justify-content: space-between;
        margin-bottom: var(--gap);
      }
      .index {
        margin-bottom: var(--gap);
      }
      .index a {
        margin-left: 8px;
      }
      .index a:first-child {
        margin-left: 0;
      }
      .index a[aria-current] {
        font-weight: 600;
      }
      section {
        border-top: 1px solid var(--line);
        padding: var(--gap) 0;
      }
      h2 {
        margin: 0 0 4px;
        font-size: 1rem;
        overflow-wrap: anywhere;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        margin: 6px 0;
        padding-left: 10px;
        border-left: 3px solid var(--line);
        overflow-wrap: anywhere;
      }
      li.here {
        border-color: var(--accent);
        background: var(--accent-ground);
      }
      dl {
        margin: 4px 0;
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 2px 10px;
      }
      dt {
        color: var(--quiet);
      }
      dd {
        margin: 0;
      }
      summary {
        color: var(--accent);
        cursor: pointer;
      }
    `,
  ];

  findings = new Query(
    this,
    () => this.vsmmu && [path('vsmmus', this.vsmmu.id, 'findings'), { severity: this.query?.['lint.severity'] }],
  );

  render() {
    const { value, problem, loading } = this.findings;
    const severity = this.query?.['lint.severity'] ?? '';
    const rule = this.query?.['lint.rule'];
    return html`<div class="row head">
        <label>
          Severity
          <select .value=${severity} @change=${(event) => change({ 'lint.severity': event.target.value || null })}>
            <option value="" ?selected=${severity === ''}>all</option>
            <option value="WARNING" ?selected=${severity === 'WARNING'}>warning and error</option>
            <option value="ERROR" ?selected=${severity === 'ERROR'}>error</option>
          </select>
        </label>
        <span class="quiet">${value ? counts(value) : nothing}</span>
        ${value && this.vsmmu.events > value.events
          ? html`<button ?disabled=${loading} @click=${() => this.findings.refresh()}>
              Look again: ${counted(this.vsmmu.events - value.events, 'newer event')}
            </button>`
          : nothing}
        <vs-copy
          .command=${{ words: ['lint'], values: [this.vsmmu?.name], options: { severity: severity.toLowerCase(), rule } }}
          .request=${{ resource: path('vsmmus', this.vsmmu?.name ?? '', 'findings'), query: { severity, rule } }}
        ></vs-copy>
      </div>
      ${loading && !value
        ? html`<vs-progress
            label="Looking at the log"
            .progress=${this.findings.progress}
            @stop=${() => this.findings.stop()}
          ></vs-progress>`
        : nothing}
      ${problem ? html`<vs-problem .problem=${problem}></vs-problem>` : nothing} ${value ? this.groups(value) : nothing}`;
  }

  groups({ items, rules, beyond, events }) {
    if (items.length === 0) {
      return html`<div class="empty">
        Nothing found in ${counted(events, 'event')}${this.query?.['lint.severity'] ? ' of this severity' : ''}.
        ${this.query?.['lint.severity'] ? html`<a href=${hrefWith({ 'lint.severity': null })}>All severities</a>` : nothing}
      </div>`;
    }
    const byRule = new Map();
    for (const it of items) {
      byRule.set(it.rule, [...(byRule.get(it.rule) ?? []), it]);
    }
    const groups = [...byRule.entries()]
      .map(([rule, found]) => [rule, found.toSorted((a, b) => rank(a) - rank(b) || a.from - b.from)])
      .sort(([, a], [, b]) => rank(a[0]) - rank(b[0]));
    const wanted = this.query?.['lint.rule'];
    return html`${groups.length > 1 ? this.index(groups, beyond, wanted) : nothing}
    ${groups
      .filter(([rule]) => !wanted || rule === wanted)
      .map(([rule, found]) => this.group(rule, found, rules[rule], beyond[rule] ?? 0))}`;
  }

  /** The rules with findings; each is a link to its findings alone. */
  index(groups, beyond, wanted) {
    return html`<nav aria-label="Rules" class="index">
      ${groups.map(
        ([rule, found]) =>
          html`<a
              href=${hrefWith({ 'lint.rule': rule === wanted ? null : rule })}
              aria-current=${rule === wanted ? 'true' : nothing}
              ><code>${rule}</code></a
            >
            <span class=${kindOf(found[0])}>${count(found.length + (beyond[rule] ?? 0))}</span> `,
      )}
      ${wanted ? html`<a href=${hrefWith({ 'lint.rule': null })}>All rules</a>` : nothing}
    </nav>`;
  }

  group(rule, found, about, beyond) {
    const shown = this.query?.['lint.rule'] === rule ? found : found.slice(0, BRIEF);
    return html`<section aria-label=${rule}>
      <h2><code>${rule}</code> <span class="quiet">${counted(found.length + beyond, 'finding')}</span></h2>
      ${about
        ? html`<details>
            <summary>Meaning and remedy</summary>
            <dl>
              <dt>Meaning</dt>
              <dd>${about.meaning}</dd>
              <dt>Shown by</dt>
              <dd>${about.evidence}</dd>
              ${about.remedy ? html`<dt>Remedy</dt><dd>${about.remedy}</dd>` : nothing}
              <dt>Source</dt>
              <dd>${about.source}</dd>
            </dl>
          </details>`
        : nothing}
      <ol>
        ${shown.map((it) => this.finding(it))}
      </ol>
      ${shown.length < found.length
        ? html`<a href=${hrefWith({ 'lint.rule': rule })}>All ${found.length} of ${rule}</a>`
        : nothing}
      ${beyond > 0 ? html`<p class="quiet">${counted(beyond, 'further finding')} of this rule are not listed.</p>` : nothing}
    </section>`;
  }

  finding(it) {
    const here = this.at !== null && it.from <= this.at && this.at <= it.to;
    return html`<li class=${here ? 'here' : ''}>
      <span class="badge ${kindOf(it)}">${it.severity}</span>
      ${it.sid ? html`StreamID <code>${it.sid}</code>, ` : nothing}${it.to === it.from ? 'position' : 'positions'} ${position(it.from)}${it.to === it.from
        ? nothing
        : html` to ${position(it.to)}`}${it.count > 1 ? html`, ${count(it.count)} times` : nothing}${it.cause
        ? html`, cause <code>${it.cause}</code>`
        : nothing}
      <a href=${hrefWith({ from: it.from, to: it.to, at: it.from })}>Zoom to it</a>
      <div>${it.text}</div>
      ${it.evidence.length > 0
        ? html`<div class="quiet">
            Evidence: ${it.evidence.slice(0, EVIDENCE).map((at) => html`${position(at)} `)}
            ${it.evidence.length > EVIDENCE ? `and ${it.evidence.length - EVIDENCE} more` : nothing}
          </div>`
        : nothing}
    </li>`;
  }
}

/** 0 for the worst severity. */
function rank(finding) {
  return SEVERITIES.findIndex((level) => level.name === finding.severity);
}

function kindOf(finding) {
  return SEVERITIES[rank(finding)].kind;
}

function position(at) {
  return html`<vs-position .position=${at}></vs-position>`;
}

function counts({ items, events }) {
  const written = SEVERITIES.map(({ name }) => [items.filter((it) => it.severity === name).length, name.toLowerCase()])
    .filter(([number]) => number > 0)
    .map(([number, name]) => (name === 'info' ? `${number} info` : counted(number, name)));
  return `${written.join(', ') || 'none'}, in ${counted(events, 'event')}`;
}

customElements.define('findings-panel', FindingsPanel);
