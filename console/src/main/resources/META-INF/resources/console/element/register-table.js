import { LitElement, css, html, nothing } from 'lit';
import { fieldMeaning, fieldText, fieldValue } from '../core/architecture.js';
import { momentStyle, wasText } from '../core/changes.js';
import { sharedStyle } from '../core/shared-style.js';
import './value-origin.js';
import './vs-hex.js';

/** The registers in the order in which they are looked for, not that of their offsets. */
const GROUPS = [
  { title: 'Control', names: ['CR0', 'CR0ACK', 'CR1', 'CR2', 'STATUSR', 'GBPA', 'AGBPA'] },
  { title: 'Errors', names: ['GERROR', 'GERRORN'] },
  {
    title: 'Stream table and queues',
    names: [
      'STRTAB_BASE',
      'STRTAB_BASE_CFG',
      'CMDQ_BASE',
      'CMDQ_PROD',
      'CMDQ_CONS',
      'EVENTQ_BASE',
      'EVENTQ_PROD',
      'EVENTQ_CONS',
      'PRIQ_BASE',
      'PRIQ_PROD',
      'PRIQ_CONS',
    ],
  },
  {
    title: 'Interrupts',
    names: [
      'IRQ_CTRL',
      'IRQ_CTRLACK',
      'GERROR_IRQ_CFG0',
      'GERROR_IRQ_CFG1',
      'GERROR_IRQ_CFG2',
      'EVENTQ_IRQ_CFG0',
      'EVENTQ_IRQ_CFG1',
      'EVENTQ_IRQ_CFG2',
      'PRIQ_IRQ_CFG0',
      'PRIQ_IRQ_CFG1',
      'PRIQ_IRQ_CFG2',
    ],
  },
  { title: 'Identification', names: ['IDR0', 'IDR1', 'IDR2', 'IDR3', 'IDR4', 'IDR5', 'IIDR', 'AIDR'] },
];

/** Every register with the fields that are not 0. `moment` as core/changes.js says. */
class RegisterTable extends LitElement {
  static properties = { moment: { attribute: false } };

  static styles = [
    sharedStyle,
    momentStyle,
    css`
      .fields {
        display: flex;
        flex-wrap: wrap;
        column-gap: 12px;
      }
      h3:first-of-type {
        margin-top: 0;
      }
    `,
  ];

  render() {
    const { state, changes, only } = this.moment;
    const listed = new Set(GROUPS.flatMap((it) => it.names));
    const others = Object.keys(state.registers).filter((it) => !listed.has(it));
    const shown = [...GROUPS, { title: 'Others', names: others }]
      .map(({ title, names }) => ({
        title,
        names: names.filter((it) => it in state.registers && (!only || changes.of('registers', null, it))),
      }))
      .filter((it) => it.names.length);
    return shown.length
      ? shown.map(
          (group) =>
            html`<h3>${group.title}</h3>
              <table aria-label=${`${group.title} registers`}>
                <tbody>
                  ${group.names.map((name) => this.row(name))}
                </tbody>
              </table>`,
        )
      : html`<div class="empty">This event changed no register.</div>`;
  }

  row(name) {
    const { vsmmu, position, state, changes, tables } = this.moment;
    const value = state.registers[name];
    const register = tables.registers[name];
    const changed = changes.of('registers', null, name);
    return html`<tr>
      <th scope="row" class="narrow">${name}</th>
      <td class="narrow">
        <vs-hex
          class=${changed ? 'changed' : nothing}
          .value=${value}
          .name=${name}
          .fields=${register?.fields ?? null}
          .width=${register?.width ?? 0}
        ></vs-hex>
        ${changed ? html`<span class="was">${wasText(changed)}</span>` : nothing}
      </td>
      <td>
        <div class="fields">${register ? fields(register.fields, BigInt(value)) : nothing}</div>
      </td>
      <td class="narrow">
        <value-origin .vsmmu=${vsmmu} .at=${position} .path=${`registers.${name}`}></value-origin>
      </td>
    </tr>`;
  }
}

/** The fields that are not 0: a flag by its name, others with their value and meaning. */
function fields(table, word) {
  return table
    .map((field) => [field, fieldValue(field, word)])
    .filter(([, value]) => value !== 0n)
    .map(([field, value]) => {
      const meaning = fieldMeaning(field, value);
      return field.high === field.low
        ? html`<span title=${meaning}>${field.name}</span>`
        : html`<span
            >${field.name} <code>${fieldText(field, word)}</code>${meaning
              ? html` <span class="quiet">${meaning}</span>`
              : nothing}</span
          >`;
    });
}

customElements.define('register-table', RegisterTable);
