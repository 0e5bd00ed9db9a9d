import { LitElement, css, html, nothing } from 'lit';
import { address, path } from '../core/api.js';
import { readIort } from '../core/iort.js';
import { Query } from '../core/query.js';
import { change } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-copy.js';
import '../element/vs-problem.js';

/** What describes the machine of a vSMMU without a VM: the parameter, which the address has behind `iort.`. */
const FIELDS = [
  { name: 'frame', label: 'Registers at', example: '0x8000000000' },
  { name: 'firstBus', label: 'First bus', example: 'of its devices' },
  { name: 'lastBus', label: 'Last bus', example: '' },
  { name: 'wires', label: 'INTIDs', example: 'event,pri,gerror,sync' },
];

/** What the machine around a vSMMU has to have: where MSIs go, what is reserved, and its IORT. */
class PlatformPanel extends LitElement {
  static properties = {
    vsmmu: { attribute: false },
    at: { attribute: false },
    query: { attribute: false },
    table: { state: true },
    tableProblem: { state: true },
  };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      .head {
        justify-content: flex-end;
        margin-bottom: 4px;
      }
      h2 {
        margin: 14px 0 6px;
        font-size: 1rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 12px;
        margin: 0;
      }
      dt {
        color: var(--quiet);
      }
      dd {
        margin: 0;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 10px;
        align-items: end;
        margin-bottom: var(--gap);
      }
      form label {
        color: var(--quiet);
      }
      form input {
        display: block;
        width: 130px;
        color: var(--text);
        font-family: var(--mono);
      }
      ul {
        margin: 6px 0;
        padding-left: 18px;
      }
    `,
  ];

  platform = new Query(this, () => this.vsmmu && [path('vsmmus', this.vsmmu.id, 'platform')]);

  /** The parameters of the table; the address of the registers is the guest's own where it is known. */
  get asked() {
    const given = Object.fromEntries(FIELDS.map(({ name }) => [name, this.query?.[`iort.${name}`]]));
    return { ...given, frame: given.frame ?? this.vsmmu?.vmm.frame };
  }

  willUpdate() {
    const it = this.vsmmu;
    // The table of a VM is described by its machine, that of any other vSMMU by the parameters.
    const key = it && (it.vm || this.asked.frame) ? JSON.stringify([it.id, this.parameters]) : '';
    if (key !== this.key) {
      this.key = key;
      this.table = null;
      this.tableProblem = null;
      if (key) {
        this.readTable(key);
      }
    }
  }

  get parameters() {
    return this.vsmmu.vm ? {} : this.asked;
  }

  async readTable(key) {
    try {
      const table = await readIort(path('vsmmus', this.vsmmu.id, 'acpi', 'iort'), this.parameters);
      this.table = key === this.key ? table : this.table;
    } catch (problem) {
      this.tableProblem = key === this.key ? problem : this.tableProblem;
    }
  }

  render() {
    const { value, problem } = this.platform;
    const name = this.vsmmu?.name ?? '';
    return html`<div class="row head">
        <vs-copy
          .command=${{ words: ['platform'], values: [name] }}
          .request=${{ resource: path('vsmmus', name, 'platform') }}
        ></vs-copy>
      </div>
      ${problem ? html`<vs-problem .problem=${problem}></vs-problem>` : nothing} ${value ? this.facts(value) : nothing}
      ${this.iort(name)}`;
  }

  facts({ msi, reservedWindow, preserveBootConfiguration, acpiRequired, notes, devices }) {
    return html`<dl>
        <dt>MSI doorbell</dt>
        <dd>${msi ? html`<code>${msi.doorbell}</code> (${msi.controller})` : 'none'}</dd>
        <dt>Reserved window</dt>
        <dd>
          ${reservedWindow
            ? html`<code>${reservedWindow.base}</code>, <code>${reservedWindow.size}</code> bytes, flags
                <code>${reservedWindow.flags}</code>; the guest maps it one to one`
            : 'none'}
        </dd>
        <dt>_DSM function 5</dt>
        <dd>${preserveBootConfiguration ? 'has to return 0 for each host bridge: bus numbers stay' : 'not needed'}</dd>
        <dt>Description</dt>
        <dd>${acpiRequired ? 'ACPI; a device tree will not do' : 'ACPI or device tree'}</dd>
      </dl>
      ${notes.length > 0
        ? html`<ul>
            ${notes.map((note) => html`<li>${note}</li>`)}
          </ul>`
        : nothing}
      ${devices.length > 0
        ? html`<h2>PASID capability of each device</h2>
            <table>
              <thead>
                <tr>
                  <th>StreamID</th>
                  <th>Host device</th>
                  <th>PASID</th>
                </tr>
              </thead>
              <tbody>
                ${devices.map(
                  (it) =>
                    html`<tr>
                      <td><code>${it.sid}</code></td>
                      <td>${it.hostDevice}</td>
                      <td>${it.pasid ? pasid(it.pasid) : html`<span class="quiet">${it.problem ?? 'none'}</span>`}</td>
                    </tr>`,
                )}
              </tbody>
            </table>`
        : nothing}`;
  }

  form() {
    return html`<form @submit=${this.described}>
        ${FIELDS.map(
          (it) => html`<label>${it.label}<input name=${it.name} placeholder=${it.example} .value=${this.asked[it.name] ?? ''} /></label>`,
        )}
        <button>Show the table</button>
      </form>
      ${this.key ? nothing : html`<p class="quiet">The table says where the guest finds the registers: the address of BAR 0.</p>`}`;
  }

  described(event) {
    event.preventDefault();
    change(Object.fromEntries(FIELDS.map(({ name }) => [`iort.${name}`, event.target.elements[name].value.trim() || null])));
  }

  iort(name) {
    const resource = path('vsmmus', name, 'acpi', 'iort');
    const file = `${name}.iort`;
    const query = this.vsmmu ? this.parameters : {};
    return html`<h2>IORT</h2>
      ${this.vsmmu?.vm ? nothing : this.form()}
      ${this.tableProblem ? html`<vs-problem .problem=${this.tableProblem}></vs-problem>` : nothing}
      ${this.table
        ? html`<p>
              Revision ${this.table.revision}, ${this.table.length} bytes.
              <a href=${address(resource, query)} download=${file}>Download</a>
              <vs-copy label="Copy the request" .request=${{ resource, query, output: file }}></vs-copy>
            </p>
            <table>
              <thead>
                <tr>
                  <th>Node</th>
                  <th>Contains</th>
                  <th>ID mappings</th>
                </tr>
              </thead>
              <tbody>
                ${this.table.nodes.map(
                  (node) =>
                    html`<tr>
                      <td>${node.name}<br /><code class="quiet">at ${node.offset}</code></td>
                      <td>${node.facts.map(([fact, text]) => html`<div>${fact} <code>${text}</code></div>`)}</td>
                      <td>
                        ${node.mappings.map(
                          (it) =>
                            html`<div>
                              <code>${it.single ? 'one ID' : it.input}</code> to <code>${it.output}</code> of the node at
                              <code>${it.to}</code>
                            </div>`,
                        )}
                      </td>
                    </tr>`,
                )}
              </tbody>
            </table>`
        : nothing}`;
  }
}

function pasid({ offset, width, execute, privileged, placeholder }) {
  const rights = [execute ? 'execute' : '', privileged ? 'privileged' : ''].filter(Boolean).join(', ');
  return html`<code>${offset}</code>, ${width} bits${rights ? `, ${rights}` : ''}${placeholder
      ? html`, <span class="quiet">with a placeholder at the beginning of the list</span>`
      : nothing}`;
}

customElements.define('platform-panel', PlatformPanel);
