import { LitElement, css, html, nothing } from 'lit';
import { path } from '../core/api.js';
import { fieldBits, fieldMeaning, fieldText, fieldValue } from '../core/architecture.js';
import { momentStyle, wasText } from '../core/changes.js';
import { Query } from '../core/query.js';
import { sharedStyle } from '../core/shared-style.js';
import './value-origin.js';
import './vs-hex.js';
import './vs-position.js';

/** What is known of an STE: the values of `known`. */
const KNOWN = {
  FULL: '',
  HOST_WORDS: 'The recording contains the bits that were passed to the host; the others are unknown.',
  CONFIGURATION_ONLY: 'The recording contains V and Config; the other bits are unknown.',
  NOTHING: 'No bit of the STE is known.',
};

/** Why no bit of an STE is known: the values of `steUnknown`. */
const UNKNOWN = {
  NOT_READ: 'The SMMU has not read the STE since the device was attached or the SMMU was reset: while CR0.SMMUEN is 0, GBPA decides.',
  OUT_OF_TABLE: 'The StreamID has no STE: it is beyond the stream table.',
  FETCH_FAULT: 'The STE could not be read from guest memory.',
  NOT_RECORDED: 'The log does not contain the STE, so that no bit of it is known.',
};

/** The STE of a stream, field by field, and where its context descriptors are. */
class SteFields extends LitElement {
  static properties = {
    moment: { attribute: false },
    stream: { attribute: false },
    whole: { state: true },
  };

  static styles = [
    sharedStyle,
    momentStyle,
    css`
      .words {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        margin-bottom: 4px;
      }
      tr.zero td:not(:last-child) {
        color: var(--quiet);
      }
    `,
  ];

  /** The last command with which the SMMU reads the stream's CD again: `why` of an address has it. */
  context = new Query(
    this,
    () =>
      this.translates && [
        path('vsmmus', this.moment.vsmmu, 'why'),
        { position: this.moment.position, iova: '0x0', sid: this.stream.sid },
      ],
  );

  get translates() {
    const config = this.stream?.decoded?.Config;
    return config === 5 || config === 7;
  }

  render() {
    const { stream, moment } = this;
    const words = stream.ste ?? [];
    if (words.length === 0) {
      return html`<h3>STE of StreamID ${stream.sid}</h3>
        <div class="empty">
          ${UNKNOWN[stream.steUnknown] ?? 'No bit of the STE is known.'}
        </div>`;
    }
    const decoded = stream.decoded ?? {};
    const known = moment.tables.ste.filter((field) => field.name in decoded);
    const unknown = moment.tables.ste.filter((field) => !(field.name in decoded));
    const rows = known.filter((field) => this.shows(field, words));
    return html`<h3>STE of StreamID ${stream.sid}</h3>
      <div class="words">
        ${words.map(
          (word, i) =>
            html`<span
              ><span class="quiet">[${i}]</span>
              <vs-hex
                .value=${word}
                .name=${`STE[${i}]`}
                .word=${i}
                .width=${64}
                .fields=${moment.tables.ste}
                .known=${knownBits(stream.known, known, i)}
              ></vs-hex>
              <value-origin .vsmmu=${moment.vsmmu} .at=${moment.position} .path=${`streams["${stream.sid}"].ste[${i}]`}></value-origin
            ></span>`,
        )}
      </div>
      <table aria-label=${`Fields of the STE of StreamID ${stream.sid}`}>
        <thead>
          <tr>
            <th class="narrow">Field</th>
            <th class="narrow">Bits</th>
            <th class="narrow">Value</th>
            <th>Meaning</th>
            <th class="narrow"><span class="unseen">What set it</span></th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((field) => this.row(field, words))}
        </tbody>
      </table>
      ${this.rest(known.length - rows.length, unknown)} ${this.translates ? this.descriptor(decoded) : nothing}`;
  }

  /** Fields that are 0 in words that are mostly not used are left out until they are asked for. */
  shows(field, words) {
    const { changes, only } = this.moment;
    const changed = changes.of('streams', this.stream.sid, `decoded.${field.name}`);
    if (only) {
      return changed !== null;
    }
    const used = (this.stream.known === 'HOST_WORDS' || field.word === 0) && field.word < 2;
    return this.whole || changed || used || fieldValue(field, BigInt(words[field.word] ?? 0)) !== 0n;
  }

  row(field, words) {
    const { moment, stream } = this;
    const word = BigInt(words[field.word] ?? 0);
    const value = fieldValue(field, word);
    const changed = moment.changes.of('streams', stream.sid, `decoded.${field.name}`);
    return html`<tr class=${value === 0n ? 'zero' : nothing}>
      <td>${field.name}</td>
      <td class="mono narrow">${field.word ? `[${field.word}] ` : ''}${fieldBits(field)}</td>
      <td class="mono narrow">
        <span class=${changed ? 'changed' : nothing}>${fieldText(field, word)}</span>
        ${changed ? html`<span class="was">${wasText(changed)}</span>` : nothing}
      </td>
      <td>${fieldMeaning(field, value)}</td>
      <td class="narrow">
        <value-origin
          .vsmmu=${moment.vsmmu}
          .at=${moment.position}
          .path=${`streams["${stream.sid}"].decoded${member(field.name)}`}
        ></value-origin>
      </td>
    </tr>`;
  }

  rest(hidden, unknown) {
    return html`${hidden > 0 && !this.moment.only
      ? html`<p>
          <button class="plain" @click=${() => (this.whole = true)}>Show ${hidden} more fields, which are 0</button>
        </p>`
      : nothing}
    ${unknown.length
      ? html`<p class="quiet">
          ${KNOWN[this.stream.known] ?? ''} Unknown: ${unknown.length > 12
            ? `${unknown
                .slice(0, 12)
                .map((it) => it.name)
                .join(', ')} and ${unknown.length - 12} more`
            : unknown.map((it) => it.name).join(', ')}.
        </p>`
      : nothing}`;
  }

  descriptor(decoded) {
    const context = this.context.value?.address?.streams?.[0]?.context;
    return html`<h3>Context descriptor</h3>
      <p>
        ${decoded.S1ContextPtr === undefined
          ? 'The address of the CD table is unknown.'
          : html`The table of ${2 ** (decoded.S1CDMax ?? 0)} CD${decoded.S1CDMax ? 's' : ''} is in guest memory at
              <vs-hex .value=${decoded.S1ContextPtr} .name=${'S1ContextPtr'} .width=${64}></vs-hex>.`}
        The log contains no CD, because only the host's SMMU reads it.
        ${context
          ? html`It was read again because of <code>${context.text}</code>, position
              <vs-position .position=${context.position}></vs-position>.`
          : nothing}
      </p>`;
  }
}

/** The bits of a word that are known; null for all of them. */
function knownBits(known, fields, word) {
  if (known === 'FULL') {
    return null;
  }
  return fields
    .filter((field) => field.word === word)
    .reduce((mask, field) => mask | (((1n << BigInt(field.high - field.low + 1)) - 1n) << BigInt(field.low)), 0n);
}

/** A member in the language of conditions: names with other characters stand in brackets. */
function member(name) {
  return /^\w+$/.test(name) ? `.${name}` : `["${name}"]`;
}

customElements.define('ste-fields', SteFields);
