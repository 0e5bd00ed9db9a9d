import { LitElement, css, html, nothing } from 'lit';
import { path, post } from '../core/api.js';
import { count, counted } from '../core/format.js';
import { change, href } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import './vs-copy.js';
import './vs-diff.js';
import './vs-problem.js';
import './vs-progress.js';

/** What can be changed: the parameter of the address, its label and an example. */
const CHANGES = [
  { name: 'leaveOut', label: 'Leave out the access at', example: 'position' },
  { name: 'faults', label: 'Host calls that fail', example: 'attach:2:EBUSY' },
  { name: 'ats', label: 'ats', example: 'on, off or auto' },
  { name: 'ril', label: 'ril', example: 'on, off or auto' },
  { name: 'oas', label: 'oas', example: 'bits or auto' },
  { name: 'ssidsize', label: 'ssidsize', example: 'bits or auto' },
  { name: 'keep', label: 'Keep as a new vSMMU', example: 'name' },
  { name: 'wi.at', label: 'Unchanged up to', example: 'where the change begins' },
];

/** Characters of an example that are shown. */
const LONGEST = 200;

/** Replays the log of `vsmmu` (a name) with a changed input. `query` has the change, from the address. */
class WhatIfElement extends LitElement {
  static properties = {
    vsmmu: {},
    query: { attribute: false },
    outcome: { state: true },
    progress: { state: true },
    problem: { state: true },
    running: { state: true },
  };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
        margin-top: 10px;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 12px;
        align-items: end;
      }
      label {
        color: var(--quiet);
      }
      input {
        display: block;
        width: 170px;
        color: var(--text);
      }
      h2 {
        margin: 16px 0 6px;
      }
      td {
        overflow-wrap: anywhere;
      }
      td:first-child {
        white-space: nowrap;
      }
    `,
  ];

  willUpdate(changed) {
    const key = JSON.stringify([this.vsmmu, this.asked]);
    if (changed.has('query') && key !== this.key) {
      this.abort?.abort();
      this.key = key;
      this.outcome = null;
      this.problem = null;
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.abort?.abort();
  }

  /** The body of the request. */
  get asked() {
    const { leaveOut, faults, ats, ril, oas, ssidsize, keep, 'wi.at': at } = this.query ?? {};
    const set = Object.fromEntries(Object.entries({ ats, ril, oas, ssidsize }).filter(([, value]) => value));
    return Object.fromEntries(
      Object.entries({ at, leaveOut, faults, set: Object.keys(set).length > 0 ? set : null, keep }).filter(([, value]) => value),
    );
  }

  render() {
    const { at, leaveOut, faults, set, keep } = this.asked;
    const changes = Object.entries(set ?? {}).map(([name, value]) => `${name}=${value}`);
    return html`<p class="quiet">
        Behind the change every access of the guest is decided again and applied to a simulated host. The guest does the
        same whatever it reads. The log itself does not change, and nothing is stored unless the outcome is kept.
      </p>
      <form @submit=${this.submitted}>
        ${CHANGES.map(
          (it) =>
            html`<label>${it.label}<input name=${it.name} placeholder=${it.example} .value=${this.query[it.name] ?? ''} /></label>`,
        )}
        <button class="primary" ?disabled=${this.running}>What if</button>
        <vs-copy
          .command=${{ words: ['what-if'], values: [this.vsmmu], options: { at, 'leave-out': leaveOut, faults, set: changes, keep } }}
          .request=${{ method: 'POST', resource: path('vsmmus', this.vsmmu, 'what-ifs'), body: this.asked }}
        ></vs-copy>
      </form>
      ${this.running
        ? html`<vs-progress label="Deciding again" .progress=${this.progress} @stop=${() => this.abort.abort()}></vs-progress>`
        : nothing}
      ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}
      ${this.outcome ? this.result(this.outcome) : nothing}`;
  }

  async submitted(event) {
    event.preventDefault();
    const given = CHANGES.map(({ name }) => [name, event.target.elements[name].value.trim() || null]);
    change(Object.fromEntries(given));
    // The element gets the new parameters before it asks.
    await new Promise((resolve) => setTimeout(resolve));
    await this.updateComplete;
    await this.run();
  }

  async run() {
    const abort = new AbortController();
    this.abort = abort;
    this.running = true;
    this.progress = null;
    this.problem = null;
    this.outcome = null;
    try {
      const outcome = await post(path('vsmmus', this.vsmmu, 'what-ifs'), this.asked, {
        signal: abort.signal,
        onProgress: (progress) => (this.progress = progress),
      });
      this.outcome = abort === this.abort ? outcome : null;
    } catch (problem) {
      this.problem = problem.name === 'AbortError' ? null : problem;
    }
    this.running = false;
  }

  result(it) {
    const differs = it.gone.length + it.added.length + it.different.length > 0;
    return html`<p role="status">
        <strong>${it.change}</strong>, decided again from position ${this.position(it.from)} on:
        ${counted(it.recorded, 'event')} happened, ${count(it.produced)} would have; ${count(it.same)} of them are the same.
        ${it.kept ? html`Kept as <a href=${href(['vsmmus', it.kept])}>${it.kept}</a>.` : nothing}
      </p>
      ${this.types('Gone: events that would not have happened', it.gone, 'recorded')}
      ${this.types('Added: events that would have happened', it.added, 'produced')}
      ${this.types('Different: events with other values', it.different, 'both')}
      ${it.refused.length > 0
        ? html`<h2>Refused</h2>
            <table>
              <tbody>
                ${it.refused.map(
                  (each) =>
                    html`<tr>
                      <td>${this.position(each.position)}</td>
                      <td>${each.type}</td>
                      <td>${each.reason}</td>
                    </tr>`,
                )}
              </tbody>
            </table>`
        : nothing}
      ${it.hostOperations.length > 0
        ? html`<h2>Operations of the host</h2>
            <table>
              <thead>
                <tr>
                  <th>Operation</th>
                  <th>Outcome</th>
                  <th class="number">Happened</th>
                  <th class="number">Would have</th>
                </tr>
              </thead>
              <tbody>
                ${it.hostOperations.map(
                  (each) =>
                    html`<tr>
                      <td>${each.operation}</td>
                      <td>${each.outcome}</td>
                      <td class="number">${count(each.recorded)}</td>
                      <td class="number">${count(each.produced)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>`
        : nothing}
      ${differs
        ? html`<h2>The state at the end: as it is, as it would be</h2>
            <vs-diff .sections=${it.state.sections}></vs-diff>`
        : html`<p>Nothing else would have happened.</p>`}`;
  }

  types(title, items, side) {
    if (items.length === 0) {
      return nothing;
    }
    return html`<h2>${title}</h2>
      <table>
        <thead>
          <tr>
            <th>Type</th>
            <th class="number">Count</th>
            <th>Examples</th>
          </tr>
        </thead>
        <tbody>
          ${items.map(
            (it) =>
              html`<tr>
                <td>${it.type}</td>
                <td class="number">${count(it.count)}</td>
                <td>
                  ${it.examples.map(
                    (each) =>
                      html`<div>
                        ${this.position(each.position)}
                        ${side === 'both'
                          ? differences(each.recorded, each.produced)
                          : html`<code>${short(each[side])}</code>`}
                      </div>`,
                  )}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>`;
  }

  position(at) {
    return html`<a href=${href(['vsmmus', this.vsmmu], { at })}>${at}</a>`;
  }
}

/** The values that two events of one type differ in. */
function differences(recorded, produced) {
  const names = [...new Set([...Object.keys(recorded ?? {}), ...Object.keys(produced ?? {})])];
  return names
    .map((name) => [name, JSON.stringify(recorded?.[name] ?? null), JSON.stringify(produced?.[name] ?? null)])
    .filter(([, before, after]) => before !== after)
    .map(([name, before, after]) => html`<div>${name} <code>${cut(before)}</code> would be <code>${cut(after)}</code></div>`);
}

/** Data of an event, cut; the position's link shows all of it. */
function short(data) {
  const text = Object.entries(data ?? {})
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ');
  return cut(text);
}

function cut(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

customElements.define('vs-what-if', WhatIfElement);
