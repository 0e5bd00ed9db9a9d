import { LitElement, css, html, nothing } from 'lit';
import { fieldMeaning, fieldValue } from '../core/architecture.js';
import { momentStyle, wasText } from '../core/changes.js';
import { count } from '../core/format.js';
import { sharedStyle } from '../core/shared-style.js';
import { styled } from '../core/styled.js';
import './value-origin.js';
import './vs-hex.js';

/** The guest's queues: PROD and CONS with their wrap bits, and how full they are. */
class QueueTable extends LitElement {
  static properties = { moment: { attribute: false } };

  static styles = [
    sharedStyle,
    momentStyle,
    css`
      .bar {
        height: 10px;
        min-width: 120px;
        background: var(--raised);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        overflow: hidden;
      }
      .bar > div {
        height: 100%;
        background: var(--accent);
      }
      .bar.full > div {
        background: var(--bad);
      }
    `,
  ];

  render() {
    const { state, tables } = this.moment;
    const { registers, commandQueue, eventQueue } = state;
    const priqSize = registers.PRIQ_BASE && registers.PRIQ_BASE !== '0x0' ? this.log2Size('PRIQ_BASE') : null;
    const error = tables.registers.CMDQ_CONS.fields.find((it) => it.name === 'ERR');
    const code = fieldValue(error, BigInt(registers.CMDQ_CONS));
    return html`${this.queue('Command queue', 'CMDQ', commandQueue.log2Size, [
      [
        'Error',
        html`<span class=${code ? 'bad' : nothing}>${fieldMeaning(error, code)}</span>
          ${this.origin('commandQueue.error')}`,
      ],
      [
        'State',
        html`<span class=${commandQueue.stopped ? 'bad' : nothing}
            >${commandQueue.enabled ? 'enabled' : 'disabled (CR0.CMDQEN is 0)'}${commandQueue.stopped
              ? ', stopped by the error until the guest acknowledges it in GERRORN'
              : ''}${commandQueue.awaitsHost ? ', CONS moves with the answer of the host' : ''}</span
          >
          ${this.origin('commandQueue.stopped')}`,
      ],
    ])}
    ${this.queue('Event queue', 'EVENTQ', eventQueue.log2Size, [
      [
        'Overflow',
        html`<span class=${eventQueue.overflow ? 'bad' : nothing}
            >${eventQueue.overflow ? 'active: records were lost since the guest acknowledged the last one' : 'none'}</span
          >
          ${this.origin('eventQueue.overflow')}`,
      ],
    ])}
    ${priqSize === null
      ? html`<h3>PRI queue</h3>
          <p class="quiet">The guest has not set PRIQ_BASE.</p>`
      : this.queue('PRI queue', 'PRIQ', priqSize, [])}`;
  }

  log2Size(register) {
    const field = this.moment.tables.registers[register].fields.find((it) => it.name === 'LOG2SIZE');
    return Number(fieldValue(field, BigInt(this.moment.state.registers[register])));
  }

  queue(title, prefix, log2Size, more) {
    const prod = this.index(`${prefix}_PROD`, log2Size);
    const cons = this.index(`${prefix}_CONS`, log2Size);
    const size = 2 ** log2Size;
    const depth = (((prod.raw - cons.raw) % (2 * size)) + 2 * size) % (2 * size);
    return html`<h3>${title}</h3>
      <table aria-label=${title}>
        <tbody>
          ${this.row('PROD', `${prefix}_PROD`, prod)} ${this.row('CONS', `${prefix}_CONS`, cons)}
          <tr>
            <th scope="row" class="narrow">Entries</th>
            <td colspan="2">
              <div class="row">
                <div
                  class="bar ${depth >= size ? 'full' : ''}"
                  role="img"
                  aria-label=${`${count(depth)} of ${count(size)} entries`}
                >
                  <div ${styled({ width: `${Math.min(100, depth ? Math.max(1, (100 * depth) / size) : 0)}%` })}></div>
                </div>
                ${count(depth)} of ${count(size)}
              </div>
            </td>
          </tr>
          ${more.map(
            ([name, content]) =>
              html`<tr>
                <th scope="row" class="narrow">${name}</th>
                <td colspan="2">${content}</td>
              </tr>`,
          )}
        </tbody>
      </table>`;
  }

  /** The index and the wrap bit of a pointer (IHI 0070, 3.5.1). */
  index(register, log2Size) {
    const raw = Number(BigInt(this.moment.state.registers[register]) & ((2n << BigInt(log2Size)) - 1n));
    return { raw, index: raw % 2 ** log2Size, wrap: raw >= 2 ** log2Size ? 1 : 0 };
  }

  row(name, register, it) {
    const { state, changes, tables } = this.moment;
    const changed = changes.of('registers', null, register);
    return html`<tr>
      <th scope="row" class="narrow">${name}</th>
      <td class="narrow">
        <vs-hex
          class=${changed ? 'changed' : nothing}
          .value=${state.registers[register]}
          .name=${register}
          .fields=${tables.registers[register].fields}
          .width=${32}
        ></vs-hex>
        ${changed ? html`<span class="was">${wasText(changed)}</span>` : nothing}
      </td>
      <td>
        <span class="quiet">index</span> <code>0x${it.index.toString(16)}</code> <span class="quiet">wrap</span> ${it.wrap}
        ${this.origin(`registers.${register}`)}
      </td>
    </tr>`;
  }

  origin(path) {
    const { vsmmu, position } = this.moment;
    return html`<value-origin .vsmmu=${vsmmu} .at=${position} .path=${path}></value-origin>`;
  }
}

customElements.define('queue-table', QueueTable);
