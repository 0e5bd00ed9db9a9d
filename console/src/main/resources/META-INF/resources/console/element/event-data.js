import { LitElement, css, html, nothing } from 'lit';
import { fieldMeaning } from '../core/architecture.js';
import { sharedStyle } from '../core/shared-style.js';
import './vs-hex.js';

/** The register whose fields a member of an event's data has. */
const REGISTERS = { cons: 'CMDQ_CONS', gerror: 'GERROR' };

/**
 * The data of an event as a table: a row for each member, a table for each list. `event` as
 * GET .../events gives it; `tables` of core/architecture.js.
 */
class EventData extends LitElement {
  static properties = { event: { attribute: false }, tables: { attribute: false } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      h4 {
        margin: 10px 0 2px;
        font-size: 1em;
      }
      th[scope='row'] {
        width: 1%;
        white-space: nowrap;
      }
      .pairs {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
      }
      .scroll {
        overflow-x: auto;
      }
    `,
  ];

  render() {
    const { data } = this.event;
    const members = Object.entries(data).filter(([name]) => name !== 'omitted');
    const plain = members.filter(([, value]) => !isList(value));
    const lists = members.filter(([, value]) => isList(value));
    return html`${plain.length
      ? html`<table aria-label="Data of the event">
          <tbody>
            ${plain.map(
              ([name, value]) =>
                html`<tr>
                  <th scope="row">${name}</th>
                  <td>${this.value(name, value)}</td>
                </tr>`,
            )}
          </tbody>
        </table>`
      : nothing}
    ${lists.map(([name, items]) => this.list(name, items))}
    ${data.omitted ? html`<p class="quiet">${data.omitted} more are not shown; the command line and the interface give all.</p>` : nothing}`;
  }

  list(name, items) {
    const columns = [...new Set(items.flatMap((it) => Object.keys(it)))];
    return html`<h4>${name}</h4>
      <div class="scroll">
        <table aria-label=${name}>
          <thead>
            <tr>
              ${columns.map((it) => html`<th>${it}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${items.map(
              (item) =>
                html`<tr>
                  ${columns.map((it) => html`<td>${this.value(it, item[it], item)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }

  /** @param owner the item of a list, or the event's data */
  value(name, value, owner = this.event.data) {
    if (value === null || value === undefined) {
      return html`<span class="quiet">–</span>`;
    }
    if (Array.isArray(value)) {
      return html`<div class="pairs">${value.map((it, i) => html`<span>${this.one(name, it, owner, i)}</span>`)}</div>`;
    }
    if (typeof value === 'object') {
      const fields = this.structure(name, owner);
      return html`<div class="pairs">
        ${Object.entries(value).map(([member, it]) => this.pair(member, it, fields, owner))}
      </div>`;
    }
    return this.one(name, value, owner, 0);
  }

  /** A field of a structure; its meaning where it is enumerated. */
  pair(name, value, fields, owner) {
    const field = fields?.find((it) => it.name === name);
    const meaning = field && Number.isInteger(value) ? fieldMeaning(field, value) : '';
    return html`<span
      ><span class="quiet">${name}</span> ${value !== null && typeof value === 'object'
        ? this.value(name, value, owner)
        : this.one(name, value, owner, 0)}${meaning ? html` <span class="quiet">${meaning}</span>` : nothing}</span
    >`;
  }

  one(name, value, owner, word) {
    if (!/^0x[0-9a-f]{1,16}$/.test(value)) {
      return value === null ? '–' : String(value);
    }
    const fields = this.structure(name, owner);
    return html`<vs-hex
      .value=${value}
      .name=${fields && word ? `${name}[${word}]` : name}
      .word=${word}
      .width=${fields && (name === 'words' || /ste$/i.test(name)) ? 64 : 0}
      .fields=${fields}
    ></vs-hex>`;
  }

  /** The fields of what a member of the data is. */
  structure(name, owner) {
    const { registers, ste, commands, records } = this.tables;
    if (/^(ste|hostSte|decoded)$/.test(name)) {
      return ste;
    }
    if (name === 'words' || name === 'fields') {
      return commands[owner.name?.replace(/^CMD_/, '')] ?? records[owner.name] ?? null;
    }
    const register = name === 'value' ? owner.register : REGISTERS[name];
    return registers[register]?.fields ?? null;
  }
}

function isList(value) {
  return Array.isArray(value) && value.length > 0 && typeof value[0] === 'object' && value[0] !== null;
}

customElements.define('event-data', EventData);
