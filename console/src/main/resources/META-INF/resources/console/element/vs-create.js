import { LitElement, css, html, nothing } from 'lit';
import { send, traceOf } from '../core/act.js';
import { get, path } from '../core/api.js';
import { href } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import './vs-copy.js';
import './vs-dialog.js';
import './vs-problem.js';
import './vs-trace.js';

/** What a new vSMMU can be given, as docs/cli.md's create names it. */
const PROPERTIES = [
  { name: 'ats', label: 'ATS', values: ['auto', 'on', 'off'] },
  { name: 'ril', label: 'Range invalidation (RIL)', values: ['auto', 'on', 'off'] },
  { name: 'oas', label: 'Output address bits', values: ['auto', '32', '36', '40', '42', '44', '48', '52', '56'] },
  { name: 'ssidsize', label: 'SubstreamID bits', values: ['auto', ...Array.from({ length: 21 }, (_, i) => String(i))] },
  { name: 'msi', label: 'Completions as writes (MSI)', values: ['auto', 'on', 'off'] },
  { name: 'cmdqv', label: 'Hardware queues (CMDQV)', values: ['off', 'accept_blind'] },
];

/** VMs that are offered for the new vSMMU. */
const VMS = 100;

/** The longest time from the beginning of a request to the vSMMU's creation, in milliseconds. */
const REQUEST = 60_000;

/** The dialog that creates a vSMMU, and what it says afterwards. Sends `close`. */
class CreateElement extends LitElement {
  static properties = {
    open: { type: Boolean },
    body: { state: true },
    busy: { state: true },
    problem: { state: true },
    created: { state: true },
    vms: { state: true },
  };

  static styles = [
    sharedStyle,
    css`
      .fields {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 6px 12px;
        align-items: center;
      }
      summary {
        margin: var(--gap) 0;
        color: var(--accent);
        cursor: pointer;
      }
    `,
  ];

  constructor() {
    super();
    this.vms = [];
    this.clear();
  }

  clear() {
    this.body = { name: '', vm: '', properties: {}, durability: 'journaled' };
    this.problem = null;
    this.created = null;
    this.busy = false;
  }

  willUpdate(changed) {
    if (changed.has('open') && this.open) {
      this.clear();
      this.suggestVms();
    }
  }

  async suggestVms() {
    this.vms = await get('/vms', { limit: VMS }).then(
      (page) => page.items.map((it) => it.name),
      () => [],
    );
  }

  /** What is sent: without what is left as the service has it. */
  get asked() {
    const { name, vm, properties, durability } = this.body;
    return {
      name,
      ...(vm ? { vm } : {}),
      ...(Object.keys(properties).length ? { properties } : {}),
      ...(durability === 'journaled' ? {} : { durability }),
    };
  }

  render() {
    return html`<vs-dialog
      ?open=${this.open}
      ?busy=${this.busy}
      heading=${this.created ? 'The vSMMU exists' : 'Create a vSMMU'}
      act=${this.created ? 'Open it' : 'Create'}
      @cancel=${this.close}
      @confirm=${this.created ? this.show : this.create}
    >
      ${this.created ? this.outcome() : this.form()}
    </vs-dialog>`;
  }

  form() {
    const { name, vm, properties, durability } = this.body;
    return html`<p>
        The service will show an SMMUv3 as it is after a reset, at a vfio-user socket of its own, and wait there for one
        VMM. No device of the host is touched before one is attached. What is left on <code>auto</code> is as the host
        has it.
      </p>
      <div class="fields">
        <label for="name">Name</label>
        <input id="name" required maxlength="63" placeholder="a-z, 0-9, '.', '_' and '-'" .value=${name} @input=${(e) => this.set({ name: e.target.value })} />
        <label for="vm">VM (optional)</label>
        <div>
          <input
            id="vm"
            list="vms"
            maxlength="63"
            placeholder="one of its own"
            .value=${vm}
            @input=${(e) => this.set({ vm: e.target.value })}
          />
          <datalist id="vms">${this.vms.map((it) => html`<option value=${it}></option>`)}</datalist>
        </div>
      </div>
      <details>
        <summary>Properties</summary>
        <div class="fields">
          ${PROPERTIES.map(
            (it) =>
              html`<label for=${it.name}>${it.label}</label>
                <select
                  id=${it.name}
                  .value=${properties[it.name] ?? it.values[0]}
                  @change=${(e) => this.choose(it, e.target.value)}
                >
                  ${it.values.map((value) => html`<option>${value}</option>`)}
                </select>`,
          )}
          <label for="durability">Durability</label>
          <select id="durability" .value=${durability} @change=${(e) => this.set({ durability: e.target.value })}>
            <option value="journaled">journaled: survives the end of every process</option>
            <option value="committed">committed: survives the end of the machine</option>
          </select>
        </div>
      </details>
      <div class="row">
        <vs-copy label="Copy as command" .command=${this.command()} .request=${this.request()}></vs-copy>
      </div>
      ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}`;
  }

  command() {
    const { name, vm, properties, durability } = this.body;
    return {
      words: ['create'],
      values: [name || 'NAME'],
      options: { vm, ...properties, durability: durability === 'journaled' ? null : durability },
    };
  }

  request() {
    return { method: 'POST', resource: '/vsmmus', body: { ...this.asked, name: this.body.name || 'NAME' } };
  }

  outcome() {
    return html`<p>
        ${this.created.socket
          ? html`A VMM connects to <code>${this.created.socket}</code>. <code>./vsmmu run</code> starts QEMU with it.`
          : 'It has no socket, because sockets are switched off.'}
      </p>
      <vs-trace .trace=${this.trace} done="Created ${this.created.name}"></vs-trace>`;
  }

  set(patch) {
    this.body = { ...this.body, ...patch };
  }

  choose({ name, values }, value) {
    const properties = { ...this.body.properties, [name]: value };
    if (value === values[0]) {
      delete properties[name];
    }
    this.set({ properties });
  }

  async create() {
    this.busy = true;
    this.problem = null;
    try {
      const change = { method: 'POST', resource: '/vsmmus', body: this.asked, types: ['VsmmuCreated'] };
      const created = await send(change);
      // The request began before the vSMMU was there.
      const time = new Date(Date.parse(created.createdAt) - REQUEST).toISOString();
      const first = await get(`${path('vsmmus', created.id)}/events`, { limit: 1 });
      this.trace = {
        ...(await traceOf({ vsmmu: created, time }, { ...change, types: [] })),
        event: first.items[0] ?? null,
      };
      this.created = created;
    } catch (problem) {
      this.problem = problem;
    }
    this.busy = false;
  }

  show() {
    this.close();
    location.hash = href(['vsmmus', this.created.name]);
  }

  close() {
    this.dispatchEvent(new CustomEvent('close'));
  }
}

customElements.define('vs-create', CreateElement);
