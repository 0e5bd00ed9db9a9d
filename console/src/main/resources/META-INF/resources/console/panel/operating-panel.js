import { LitElement, css, html, nothing } from 'lit';
import { Changed, changeSeen, seen } from '../core/act.js';
import { get, path } from '../core/api.js';
import { count } from '../core/format.js';
import { go, href } from '../core/route.js';
import { refusal } from '../core/session.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-copy.js';
import '../element/vs-dialog.js';
import '../element/vs-export.js';
import '../element/vs-problem.js';
import '../element/vs-replay.js';
import '../element/vs-trace.js';

/**
 * What an operator can do to a live vSMMU: its name, when it makes sense, what it will do and what
 * the guest notices of it, how it is sent, and what it is called afterwards.
 *
 * @typedef {{title: string, possible: (vsmmu: object) => boolean, does: string, guest: string,
 *     change: (vsmmu: object) => object, command: (vsmmu: object) => object, done: string}} Act
 * @type {Act[]}
 */
const ACTS = [
  {
    title: 'Pause',
    possible: (it) => it.lifecycle === 'RUNNING',
    does: 'Register writes of the guest, doorbells among them, wait until the vSMMU is resumed. Register reads are answered, and devices go on with the translations that the host has.',
    guest:
      'Commands that it submits are not consumed: CMDQ_CONS stays where it is. Linux gives up waiting for a CMD_SYNC after one second (arm-smmu-v3.c, arm_smmu_cmdq_poll_until_sync) and reports a timeout.',
    change: (it) => control(it, 'pause', 'VsmmuPaused'),
    command: (it) => ({ words: ['pause'], values: [it.name] }),
    done: 'Paused',
  },
  {
    title: 'Resume',
    possible: (it) => it.lifecycle === 'PAUSED',
    does: 'The register writes that have waited are done in their order, and new ones no longer wait.',
    guest: 'Its commands are consumed again. A CMD_SYNC that its driver has given up still completes.',
    change: (it) => control(it, 'resume', 'VsmmuResumed'),
    command: (it) => ({ words: ['resume'], values: [it.name] }),
    done: 'Resumed',
  },
  {
    title: 'Reset',
    possible: (it) => it.lifecycle === 'RUNNING' || it.lifecycle === 'PAUSED',
    does: 'The SMMU is reset (IHI 0070, 3.11): CR0 is 0, so that translation and all queues are disabled; GBPA has its reset value, which every stream follows; the HWPTs that the guest installed are freed on the host. ID registers and attached devices stay.',
    guest:
      'Its driver is not notified and takes the SMMU for enabled. DMA of its devices is no longer translated, its commands are not consumed, and both stay so until it programs the SMMU again, as when it is booted.',
    change: (it) => control(it, 'reset', 'VsmmuReset'),
    command: (it) => ({ words: ['reset'], values: [it.name] }),
    done: 'Reset',
  },
  {
    title: 'Delete',
    possible: (it) => it.lifecycle !== 'DELETED',
    does: 'The connection of its VMM is closed, its devices are detached, and its socket and its name are free. Its log stays, under its id.',
    guest: 'A guest that runs loses its SMMU: its VMM has no answer to the next access.',
    change: (it) => ({
      method: 'DELETE',
      resource: path('vsmmus', it.name),
      types: it.lifecycle === 'RECORDED' ? [] : ['VsmmuDeleted'],
    }),
    command: (it) => ({ words: ['delete'], values: [it.name] }),
    done: 'Deleted',
  },
];

const ATTACH = {
  title: 'Attach a device',
  does: 'The host binds the device for this vSMMU, and its DMA follows what the guest configures for the StreamID: GBPA while the SMMU is disabled, else the STE in guest memory. Properties that are auto and not decided yet become those of its physical SMMU. No device of an iommu group translates before all devices of the group are behind this vSMMU.',
  guest:
    'The SMMU tells it nothing. The VMM has to show the device to the guest, under a requester ID that the IORT maps to this StreamID.',
  done: 'Attached',
};

const DETACH = {
  title: 'Detach',
  does: 'The host takes the device out of the guest’s translation, destroys its vDEVICE, and gives the device free.',
  guest:
    'The SMMU tells it nothing: the VMM has to unplug the device first. A device that is in use stops, and commands for its StreamID have no effect on the host.',
  done: 'Detached',
};

/** A live vSMMU's operation: each act says first what it will do, and afterwards what it left in the log. */
class OperatingPanel extends LitElement {
  static properties = {
    vsmmu: { attribute: false },
    at: { attribute: false },
    query: { attribute: false },
    asked: { state: true },
    problem: { state: true },
    busy: { state: true },
    left: { state: true },
    devices: { state: true },
    fields: { state: true },
  };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      h2 {
        margin: 14px 0 6px;
        font-size: 1rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 6px 12px;
        margin: 0 0 var(--gap);
      }
      dt {
        color: var(--quiet);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .fields {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 6px 12px;
        align-items: center;
        margin-bottom: var(--gap);
      }
      td.act {
        text-align: right;
        padding-right: 0;
      }
    `,
  ];

  /** The vSMMU as the last act left it, until the page has asked for it again. */
  get now() {
    return this.newer?.id === this.vsmmu?.id && this.newer.events > this.vsmmu.events ? this.newer : this.vsmmu;
  }

  willUpdate(changed) {
    if (changed.has('vsmmu') && changed.get('vsmmu')?.id !== this.vsmmu?.id) {
      this.left = null;
      this.asked = null;
    }
  }

  render() {
    const it = this.now;
    if (!it) {
      return nothing;
    }
    const live = it.origin === 'LIVE' && it.lifecycle !== 'DELETED' && it.lifecycle !== 'RECORDED';
    return html`${this.left ? html`<vs-trace .trace=${this.left.trace} done=${this.left.done}></vs-trace>` : nothing}
      ${this.facts(it)}
      <div class="row" role="group" aria-label="Operate">
        ${ACTS.filter((act) => live || act.title === 'Delete').map(
          (act) =>
            html`<button
              ?disabled=${!act.possible(it) || refusal('operator')}
              title=${refusal('operator') ?? nothing}
              @click=${() => this.ask(act, it)}
            >
              ${act.title}
            </button>`,
        )}
      </div>
      ${live ? this.deviceTable(it) : html`<p class="quiet">A recording cannot be operated: it can be read, replayed, exported and deleted.</p>`}
      <h2>Replay</h2>
      <vs-replay .vsmmu=${it} .until=${this.at}></vs-replay>
      <h2>Export</h2>
      <vs-export .vsmmu=${it.name}></vs-export>
      ${this.question()}`;
  }

  facts(it) {
    const { ats, ril, oas, ssidsize, msi, cmdqv } = it.properties;
    return html`<dl>
      <dt>State</dt>
      <dd>${it.lifecycle.toLowerCase()}${it.vm ? html` · VM ${it.vm}` : nothing} · ${it.durability.toLowerCase().replace('_', ' ')}</dd>
      ${it.socket
        ? html`<dt>Socket</dt>
            <dd>
              <code>${it.socket}</code><br />
              ${it.vmm.connected
                ? html`<span class="good">a VMM is connected</span>, process ${it.vmm.pid}${it.vmm.frame ? html`, registers at <code>${it.vmm.frame}</code>` : nothing}`
                : 'no VMM is connected'}
            </dd>`
        : nothing}
      <dt>Properties</dt>
      <dd>
        ats ${ats}, ril ${ril}, oas ${oas ?? 'AUTO'}, ssidsize ${ssidsize ?? 'AUTO'}, msi ${msi}, cmdqv ${cmdqv}
      </dd>
    </dl>`;
  }

  deviceTable(it) {
    return html`<h2>Devices</h2>
      ${it.devices.length === 0
        ? html`<p class="quiet">No device is behind it.</p>`
        : html`<table>
            <thead>
              <tr>
                <th>StreamID</th>
                <th>Host device</th>
                <th>Physical SMMU, group</th>
                <th><span class="unseen">Act</span></th>
              </tr>
            </thead>
            <tbody>
              ${it.devices.map(
                (device) =>
                  html`<tr>
                    <td><code>${device.sid}</code></td>
                    <td>
                      ${device.hostDevice}
                      ${device.groupMissing.length > 0
                        ? html`<div class="warn">of its group not here: ${device.groupMissing.join(', ')}</div>`
                        : nothing}
                    </td>
                    <td>${device.physicalSmmu}, ${device.group}</td>
                    <td class="act">
                      <button
                        aria-label="Detach ${device.sid}"
                        ?disabled=${refusal('operator')}
                        title=${refusal('operator') ?? nothing}
                        @click=${() => this.ask(detaching(device), it)}
                      >
                        Detach
                      </button>
                    </td>
                  </tr>`,
              )}
            </tbody>
          </table>`}
      <div class="row">
        <button
          ?disabled=${it.lifecycle === 'DELETED' || refusal('operator')}
          title=${refusal('operator') ?? nothing}
          @click=${() => this.ask(this.attaching(), it)}
        >
          Attach a device
        </button>
        <a href=${href(['host'])}>Devices of the host</a>
      </div>`;
  }

  /** The act with what was typed for it. */
  attaching() {
    return {
      ...ATTACH,
      form: true,
      change: (it) => ({
        method: 'POST',
        resource: path('vsmmus', it.name, 'devices'),
        body: this.fields,
        types: ['DeviceAttached'],
      }),
      command: (it) => ({
        words: ['devices', 'attach'],
        values: [it.name, this.fields.hostDevice || 'DEVICE', this.fields.sid || 'SID'],
        options: { ats: this.fields.ats === 'auto' ? null : this.fields.ats },
      }),
    };
  }

  /** Looks at the vSMMU as it is now, so that what is said before the act is true. */
  async ask(act, vsmmu) {
    this.problem = null;
    this.left = null;
    this.changed = null;
    this.fields = { hostDevice: '', sid: '', ats: 'auto' };
    try {
      if (act.form) {
        this.devices = (await get('/hosts/local')).devices;
      }
      this.before = await seen(vsmmu.id);
      this.asked = act;
    } catch (problem) {
      this.problem = problem;
    }
  }

  question() {
    const act = this.asked;
    const it = this.before?.vsmmu;
    return html`${!act && this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}
      <vs-dialog
        ?open=${Boolean(act)}
        ?busy=${this.busy}
        heading="${act?.title ?? ''}: ${it?.name ?? ''}"
        act=${act?.title ?? ''}
        @cancel=${() => (this.asked = null)}
        @confirm=${this.confirm}
      >
        ${act
          ? html`<dl>
                <dt>What it does</dt>
                <dd>${act.does}</dd>
                <dt>The guest</dt>
                <dd>${act.guest}</dd>
                <dt>Now</dt>
                <dd>${situation(it)}</dd>
              </dl>
              ${act.form ? this.attachForm() : nothing}
              <vs-copy label="Copy as command" .command=${act.command(it)} .request=${act.change(it)}></vs-copy>
              ${this.changed
                ? html`<p class="warn" role="alert">
                    It has changed since you looked; what it is now stands above. ${act.title} again if you still want to.
                  </p>`
                : nothing}
              ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}`
          : nothing}
      </vs-dialog>`;
  }

  attachForm() {
    const set = (patch) => (this.fields = { ...this.fields, ...patch });
    return html`<div class="fields">
      <label for="device">Host device</label>
      <div>
        <input
          id="device"
          list="devices"
          placeholder="0000:01:00.0"
          .value=${this.fields.hostDevice}
          @input=${(event) => set({ hostDevice: event.target.value })}
        />
        <datalist id="devices">
          ${this.devices
            .filter((it) => it.assignable && !it.vsmmu)
            .map((it) => html`<option value=${it.address}>${it.smmu}, group ${it.group}</option>`)}
        </datalist>
      </div>
      <label for="sid">StreamID</label>
      <input id="sid" placeholder="0x10" .value=${this.fields.sid} @input=${(event) => set({ sid: event.target.value })} />
      <label for="ats">ATS</label>
      <select id="ats" .value=${this.fields.ats} @change=${(event) => set({ ats: event.target.value })}>
        <option>auto</option>
        <option>on</option>
        <option>off</option>
      </select>
    </div>`;
  }

  async confirm() {
    const act = this.asked;
    this.busy = true;
    this.problem = null;
    try {
      const trace = await changeSeen(this.before, act.change(this.before.vsmmu));
      this.asked = null;
      this.left = { trace, done: `${act.done}: ${this.before.vsmmu.name}` };
      this.newer = (await seen(this.before.vsmmu.id)).vsmmu;
      if (this.newer.lifecycle === 'DELETED') {
        // Its name is free; its log has the id.
        go(['vsmmus', this.newer.id], { panel: 'operating' });
      } else {
        this.dispatchEvent(new CustomEvent('vsmmu-changed', { bubbles: true, composed: true }));
      }
    } catch (failure) {
      if (failure instanceof Changed) {
        this.before = failure.now;
        this.changed = true;
      } else {
        this.problem = failure;
      }
    }
    this.busy = false;
  }
}

function control(it, act, type) {
  return { method: 'POST', resource: `${path('vsmmus', it.name)}:${act}`, types: [type] };
}

function detaching(device) {
  return {
    ...DETACH,
    title: `Detach ${device.sid}`,
    change: (it) => ({ method: 'DELETE', resource: path('vsmmus', it.name, 'devices', device.sid), types: ['DeviceDetached'] }),
    command: (it) => ({ words: ['devices', 'detach'], values: [it.name, device.sid] }),
  };
}

/** What the vSMMU is, as the decision rests on it. */
function situation(it) {
  const devices = it.devices.length === 0 ? 'no device' : it.devices.map((device) => `${device.sid} (${device.hostDevice})`).join(', ');
  return `${it.lifecycle.toLowerCase()}, ${it.vmm.connected ? 'a VMM is connected' : 'no VMM'}, ${devices}, ${count(it.events)} events`;
}

customElements.define('operating-panel', OperatingPanel);
