import { LitElement, css, html, nothing } from 'lit';
import { ArchitectureController } from '../core/architecture.js';
import { pageStyle } from '../core/page-style.js';
import { Query } from '../core/query.js';
import { href } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-copy.js';
import '../element/vs-hex.js';
import '../element/vs-problem.js';

/** The host behind the vSMMUs: its SMMUs, its devices and who has them, and what the kernel lacks. */
class HostPage extends LitElement {
  static properties = { route: { attribute: false } };

  static styles = [
    sharedStyle,
    pageStyle,
    css`
      h2 {
        margin: 18px 0 6px;
      }
      td {
        overflow-wrap: anywhere;
      }
      .ids {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
      }
      .problem {
        border-left: 3px solid var(--bad);
        background: var(--bad-ground);
        padding: 6px 12px;
        margin: 6px 0;
      }
    `,
  ];

  host = new Query(this, () => ['/hosts/local']);

  tables = new ArchitectureController(this);

  render() {
    const { value, problem } = this.host;
    return html`<div class="row head">
        <h1>Host</h1>
        <div class="row">
          <button @click=${() => this.host.refresh()}>Look again</button>
          <vs-copy .command=${{ words: ['host'] }} .request=${{ resource: '/hosts/local' }}></vs-copy>
        </div>
      </div>
      ${problem ? html`<vs-problem .problem=${problem}></vs-problem>` : nothing}
      ${value ? [this.state(value), this.devices(value), this.smmus(value), kernel(value.kernel)] : nothing}`;
  }

  state({ kind, usable, problems, kernel: { release } }) {
    return html`<p>
        ${kind === 'simulated' ? 'A simulated host' : `This machine’s kernel, by ${kind}`}${release ? ` (${release})` : ''}:
        <span class=${usable ? 'good' : 'bad'}
          >${usable ? 'its devices can be given to guests' : 'no device can be given to a guest now'}</span
        >.
      </p>
      ${problems.map((it) => problemOf(it))}`;
  }

  devices({ devices }) {
    return html`<h2>Devices</h2>
      ${devices.length === 0
        ? html`<div class="empty">No device of this host is behind an SMMU. <code>./vsmmu doctor</code> says why.</div>`
        : html`<table aria-label="Devices">
            <thead>
              <tr>
                <th>Address</th>
                <th>Group</th>
                <th>StreamIDs</th>
                <th>Physical SMMU</th>
                <th>ATS, PASID</th>
                <th>Who has it</th>
              </tr>
            </thead>
            <tbody>
              ${devices.map(
                (it) =>
                  html`<tr>
                    <td><code>${it.address}</code></td>
                    <td>${it.group}</td>
                    <td><code>${it.sids.join(' ')}</code></td>
                    <td>${it.smmu}</td>
                    <td>${capabilities(it.capabilities)}</td>
                    <td>${owner(it)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`}`;
  }

  smmus({ smmus }) {
    return html`<h2>Physical SMMUs</h2>
      <table aria-label="Physical SMMUs">
        <thead>
          <tr>
            <th>Name</th>
            <th>A vSMMU can have at most</th>
            <th>Also</th>
            <th>ID registers</th>
          </tr>
        </thead>
        <tbody>
          ${smmus.map(
            ({ name, ids, properties: it }) =>
              html`<tr>
                <td>${name}</td>
                <td>
                  ats ${onOff(it.ats)}, ril ${onOff(it.ril)}, oas ${it.oas}, ssidsize ${it.ssidsize}, StreamIDs of
                  ${it.sidsize} bits, granules ${it.granules.join(', ')}
                </td>
                <td>
                  ${it.nesting ? 'nested translation' : html`<span class="bad">no nested translation</span>`}${it.s2fwb
                    ? ', S2FWB'
                    : ''}${it.twoLevelStreamTable ? ', two-level stream table' : ''}${it.repeatsInvalidations
                    ? ', repeats invalidations (erratum)'
                    : ''}
                </td>
                <td>
                  <div class="ids">${Object.entries(ids).map(
                    ([register, value]) =>
                      html`<span
                        >${register}
                        <vs-hex .value=${value} .name=${register} .fields=${this.tables.value?.registers[register]?.fields}></vs-hex
                      ></span>`,
                  )}</div>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>`;
  }
}

function onOff(flag) {
  return flag ? 'on' : 'off';
}

function capabilities(it) {
  if (!it) {
    return html`<span class="quiet">known once it is on vfio-pci</span>`;
  }
  return `${it.ats ? 'ATS' : 'no ATS'}, ${it.pasidBits > 0 ? `PASID of ${it.pasidBits} bits` : 'no PASID'}`;
}

function owner(it) {
  if (it.vsmmu) {
    return html`<a href=${href(['vsmmus', it.vsmmu], { panel: 'operating' })}>${it.vsmmu}</a>`;
  }
  if (it.problem) {
    return problemOf(it.problem);
  }
  if (it.onlyFor) {
    return html`free, for <a href=${href(['vsmmus', it.onlyFor], { panel: 'operating' })}>${it.onlyFor}</a> only, which has
      another device of its group`;
  }
  return it.assignable ? html`<span class="good">free</span>` : html`<span class="quiet">cannot be given to a guest</span>`;
}

function problemOf({ subject, found, remedy }) {
  return html`<div class="problem">
    ${subject ? html`<strong>${subject}</strong>: ` : nothing}${found}${remedy ? html`<br />Remedy: ${remedy}` : nothing}
  </div>`;
}

function kernel({ features, missing }) {
  return html`<h2>Kernel</h2>
    <p>${features.length > 0 ? html`It has ${features.join(', ')}.` : 'No feature of it is known.'}</p>
    ${missing.length > 0
      ? html`<table aria-label="What the kernel lacks">
          <thead>
            <tr>
              <th>It lacks</th>
              <th>Which kernels have since</th>
              <th>Consequence</th>
            </tr>
          </thead>
          <tbody>
            ${missing.map(
              (it) =>
                html`<tr>
                  <td>${it.feature}</td>
                  <td>${it.since}</td>
                  <td>${it.consequence}</td>
                </tr>`,
            )}
          </tbody>
        </table>`
      : html`<p class="good">It lacks nothing that vSMMUs use.</p>`}`;
}

customElements.define('host-page', HostPage);
