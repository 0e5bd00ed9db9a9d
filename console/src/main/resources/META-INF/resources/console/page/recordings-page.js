import { LitElement, css, html, nothing } from 'lit';
import { get } from '../core/api.js';
import { absolute, ago, count, counted } from '../core/format.js';
import { importFiles, onImports, sentImports, stopImport } from '../core/imports.js';
import { pageStyle } from '../core/page-style.js';
import { change, href } from '../core/route.js';
import { refusal } from '../core/session.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-copy.js';
import '../element/vs-export.js';
import '../element/vs-problem.js';
import '../element/vs-progress.js';

/** Between two looks at the imports of all clients, in milliseconds. */
const PAUSE = 1500;

/** What the phases of an import are called. */
const PHASES = { RECEIVING: 'Receiving', CHECKING: 'Checking', STORING: 'Storing' };

/** Imports of recordings, those of this page and those of other clients, and exports. */
class RecordingsPage extends LitElement {
  static properties = {
    route: { attribute: false },
    imports: { state: true },
    problem: { state: true },
    names: { state: true },
  };

  static styles = [
    sharedStyle,
    pageStyle,
    css`
      .drop {
        border: 1px dashed var(--line);
        border-radius: var(--radius);
        background: var(--panel);
        padding: 18px;
        text-align: center;
        margin-bottom: 16px;
      }
      .drop .name {
        margin-left: 24px;
      }
      .drop p {
        margin: 6px 0 0;
      }
      .import {
        border: 1px solid var(--line);
        border-radius: var(--radius);
        padding: var(--gap) 12px;
        margin-bottom: var(--gap);
        overflow-wrap: anywhere;
      }
      .import .row {
        justify-content: space-between;
      }
      section {
        margin-bottom: 20px;
      }
      table {
        margin: 6px 0;
      }
    `,
  ];

  connectedCallback() {
    super.connectedCallback();
    this.stopListening = onImports(() => this.requestUpdate());
    this.look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopListening();
    clearTimeout(this.timer);
  }

  async look() {
    try {
      this.imports = (await get('/recordings')).items.reverse();
      this.problem = null;
    } catch (problem) {
      this.problem = problem;
    }
    if (this.isConnected) {
      this.timer = setTimeout(() => this.look(), PAUSE);
    }
  }

  render() {
    const own = sentImports();
    const refused = refusal('operator', { whole: true });
    const others = (this.imports ?? []).filter((it) => !own.some((sent) => sent.id === it.id));
    return html`<div class="row head">
        <h1>Recordings</h1>
        <vs-copy .command=${{ words: ['import'], values: ['FILE'] }} .request=${importRequest()}></vs-copy>
      </div>
      ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}
      <section aria-label="Import">
        <div class="drop">
          <button
            class="primary"
            ?disabled=${refused}
            title=${refused ?? nothing}
            @click=${() => this.renderRoot.querySelector('input[type=file]').click()}
          >
            Choose files
          </button>
          ${refused ?? 'or drop them anywhere on this page.'}
          <label class="name">Name of the vSMMU <input id="name" maxlength="63" placeholder="after the file" /></label>
          <input type="file" multiple hidden aria-label="Recordings to import" @change=${this.chosen} />
          <p class="quiet">
            A log of QEMU 5.1 or newer (<code>-trace 'smmuv3_*' -D FILE</code>), plain or compressed with gzip or zstd,
            or an export of this service. All of its vSMMUs are imported or none.
          </p>
        </div>
        ${own.map((it) => this.sent(it))} ${others.map((it) => this.other(it))}
        ${this.imports && own.length + others.length === 0
          ? html`<p class="quiet">No import since the service was started.</p>`
          : nothing}
      </section>
      ${this.exports()}`;
  }

  chosen(event) {
    importFiles(event.target.files, this.renderRoot.querySelector('#name').value.trim());
    // The same file can be chosen again.
    event.target.value = '';
  }

  /** An import of this page, whose outcome is known in full. */
  sent(it) {
    return html`<article class="import" aria-label="Import of ${it.file}">
      <div class="row">
        <strong>${it.file}</strong>
        <span class="quiet">${counted(it.size, 'byte')} · ${it.status.toLowerCase()}</span>
      </div>
      ${it.status === 'RUNNING' || it.status === 'WAITING' ? this.progress(it.progress, it) : nothing}
      ${it.problem ? html`<vs-problem .problem=${it.problem}></vs-problem>` : nothing}
      ${it.status === 'STOPPED' ? html`<p>Nothing of it is in the log.</p>` : nothing}
      ${it.result ? outcome(it.result) : nothing}
    </article>`;
  }

  /** An import of another client, or of before this page was loaded. */
  other(it) {
    return html`<article class="import" aria-label="Import of ${it.file ?? it.id}">
      <div class="row">
        <strong>${it.file ?? 'a recording without a name'}</strong>
        <span class="quiet" title=${absolute(it.started)}>${it.status.toLowerCase()} · started ${ago(it.started)}</span>
      </div>
      ${it.status === 'RUNNING'
        ? this.progress(it, it)
        : it.failure
          ? html`<span class="bad">${it.failure}</span>`
          : html`${counted(it.events, 'event')} of
            ${it.vsmmus.map((name, index) => html`${index ? ', ' : ''}<a href=${href(['vsmmus', name])}>${name}</a>`)}`}
    </article>`;
  }

  progress(progress, { id, size }) {
    const label = PHASES[progress?.phase] ?? 'Waiting';
    const done = progress ? { done: progress.bytes, total: progress.ofBytes ?? 0 } : { done: 0, total: size ?? 0 };
    return html`<vs-progress
        label=${label}
        unit="bytes"
        .progress=${done}
        @stop=${() => this.stop(id)}
      ></vs-progress>
      ${progress?.events ? html`<span class="quiet">${counted(progress.events, 'event')} so far</span>` : nothing}`;
  }

  async stop(id) {
    try {
      await stopImport(id);
    } catch (problem) {
      this.problem = problem;
    }
  }

  exports() {
    const wanted = this.route?.query.export ?? '';
    return html`<section aria-label="Export">
      <h2>Export</h2>
      <div class="row">
        <label>
          vSMMU
          <input
            list="names"
            placeholder="Name"
            .value=${wanted}
            @focus=${() => this.suggest('')}
            @input=${(event) => this.suggest(event.target.value)}
            @change=${(event) => change({ export: event.target.value || null })}
          />
        </label>
        <datalist id="names">${(this.names ?? []).map((name) => html`<option value=${name}></option>`)}</datalist>
      </div>
      ${wanted ? html`<vs-export .vsmmu=${wanted}></vs-export>` : nothing}
    </section>`;
  }

  async suggest(name) {
    this.names = await get('/vsmmus', { name, limit: 20 }).then(
      (page) => page.items.map((it) => it.name),
      () => [],
    );
  }
}

function importRequest() {
  return { method: 'POST', resource: '/recordings', query: { format: 'qemu-trace', file: 'FILE' }, upload: 'FILE' };
}

/** What a recording brought, and what it leaves open. */
function outcome(result) {
  return html`<table>
      <thead>
        <tr>
          <th>vSMMU</th>
          <th class="number">Boots</th>
          <th class="number">Commands</th>
          <th class="number">Events</th>
          <th>Streams at the end</th>
          <th>Next</th>
        </tr>
      </thead>
      <tbody>
        ${result.vsmmus.map(
          (it) =>
            html`<tr>
              <td><a href=${href(['vsmmus', it.name])}>${it.name}</a></td>
              <td class="number">${count(it.boots)}</td>
              <td class="number">${count(sum(it.commands))}</td>
              <td class="number">${count(it.events)}</td>
              <td>
                ${it.streams.map((stream) => html`<div><code>${stream.sid}</code> ${stream.configuration}</div>`)}
              </td>
              <td>
                <a href=${href(['vsmmus', it.name], { panel: 'findings' })}>Findings</a> ·
                <a href=${href(['compare'], { kind: 'logs', a: it.name, b: it.name })}>Compare</a>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    <div class="quiet">
      ${result.lines > 0 ? html`${counted(result.lines, 'line')} read. ` : nothing}
      ${result.unattributed > 0
        ? html`<span class="warn"
            >${counted(result.unattributed, 'line')} (${counted(result.unattributedCommands, 'command')}) could be of
            several vSMMUs and ${result.unattributed === 1 ? 'is' : 'are'} in no log, but kept.</span
          >`
        : 'Every line that concerns a vSMMU is in its log.'}
    </div>
    ${result.warnings.length > 0
      ? html`<table>
          <thead>
            <tr>
              <th>Warning</th>
              <th class="number">Count</th>
              <th class="number">First line</th>
            </tr>
          </thead>
          <tbody>
            ${result.warnings.map(
              (it) =>
                html`<tr>
                  <td>${it.text}</td>
                  <td class="number">${count(it.count)}</td>
                  <td class="number">${count(it.firstLine)}</td>
                </tr>`,
            )}
          </tbody>
        </table>`
      : nothing}`;
}

function sum(counts) {
  return Object.values(counts).reduce((total, it) => total + it, 0);
}

customElements.define('recordings-page', RecordingsPage);
