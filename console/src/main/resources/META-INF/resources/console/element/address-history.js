import { LitElement, css, html, nothing } from 'lit';
import { absolute } from '../core/format.js';
import { sharedStyle } from '../core/shared-style.js';
import './vs-hex.js';
import './vs-position.js';

/** What the log has about an input address. `history`: `address` of the answer of GET .../why. */
class AddressHistory extends LitElement {
  static properties = { history: { attribute: false } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      td:first-child,
      td:nth-child(2) {
        white-space: nowrap;
        width: 1%;
      }
      ul {
        margin: 6px 0 0;
        padding-left: 18px;
      }
    `,
  ];

  render() {
    const it = this.history;
    return html`<h3>
        Address <vs-hex .value=${it.iova} .name=${'address'} .width=${64}></vs-hex>${it.sid ? ` of StreamID ${it.sid}` : ''}${it.asid
          ? `, ASID ${it.asid}`
          : ''}
      </h3>
      <table aria-label="What happened to the address">
        <tbody>
          ${it.streams.map((stream) => this.stream(stream))}
          ${it.omitted ? row('streams', null, `${it.omitted} more translated streams are left out`) : nothing}
          ${this.tlb(it.invalidations)} ${it.atc ? this.invalidation('last ATC_INV', it.atc) : row('last ATC_INV', null, 'none covered the address')}
          ${it.translation
            ? row(
                'last translation',
                it.translation.position,
                `${it.translation.iova} of StreamID ${it.translation.sid} to ${it.translation.translated}, stage ${it.translation.stage}`,
                it.translation.time,
              )
            : nothing}
          ${it.faultsBefore.map((fault) => row('fault before', fault.position, fault.text, fault.time))}
          ${it.faultsAfter.map((fault) => row('fault after', fault.position, fault.text, fault.time))}
        </tbody>
      </table>
      ${it.notes.length
        ? html`<ul class="quiet">
            ${it.notes.map((note) => html`<li>${note}</li>`)}
          </ul>`
        : nothing}`;
  }

  stream(stream) {
    const effective = stream.effective === stream.configuration ? '' : `, in effect ${stream.effective}`;
    return html`${row(
      `stream ${stream.sid}`,
      stream.since,
      `${stream.configuration}${effective}, because of ${stream.reason}; STE ${stream.ste.join(' ') || 'unknown'}`,
    )}
    ${stream.context ? row('CD read again by', stream.context.position, stream.context.text, stream.context.time) : nothing}`;
  }

  /** Those of the address's own page, and the last one that covers it among others. */
  tlb({ own, ownCount, covering, coveringCount }) {
    if (!own.length && !covering) {
      return row('last TLBI', null, 'none covered the address');
    }
    return html`${own.map((it) => this.invalidation('TLBI of its page', it))}
    ${more('TLBI of its page', ownCount - own.length)}
    ${covering ? this.invalidation('TLBI that covers it', covering) : nothing}
    ${more('TLBI that covers it', coveringCount - 1)}`;
  }

  invalidation(name, it) {
    return html`${row(name, it.command.position, it.command.text, it.command.time)}
    ${it.sync
      ? row('completed by', it.sync.position, it.sync.text, it.sync.time)
      : row('completed by', null, 'no CMD_SYNC follows, so it may not be complete')}`;
  }
}

function more(what, number) {
  return number > 0 ? row(what, null, `${number} more, earlier`) : nothing;
}

function row(what, position, text, time) {
  return html`<tr title=${time ? `${absolute(time)} UTC` : nothing}>
    <td>${what}</td>
    <td>${position === null ? nothing : html`<vs-position .position=${position}></vs-position>`}</td>
    <td>${text}</td>
  </tr>`;
}

customElements.define('address-history', AddressHistory);
