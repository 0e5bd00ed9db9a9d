import { LitElement, css, html, nothing } from 'lit';
import { momentStyle, wasText } from '../core/changes.js';
import { count } from '../core/format.js';
import { hrefWith } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import './ste-fields.js';
import './value-origin.js';
import './vs-position.js';

/** Streams that the table has at most, the selected one besides: a guest can configure millions. */
const STREAMS_LIMIT = 200;

/**
 * Every StreamID that a device has or the guest ever configured, and the STE of one of them. `moment`
 * as core/changes.js says; `sid`: the one that the address selects, or null;
 * `concerned`: the one that the event is about, or null.
 */
class StreamTable extends LitElement {
  static properties = { moment: { attribute: false }, sid: {}, concerned: {} };

  static styles = [
    sharedStyle,
    momentStyle,
    css`
      .TRANSLATE {
        color: var(--stream-translate);
      }
      .BYPASS {
        color: var(--stream-bypass);
      }
      .ABORT {
        color: var(--stream-abort);
      }
      .UNKNOWN {
        color: var(--quiet);
      }
      td a[aria-current] {
        font-weight: 700;
      }
      .scroll {
        max-height: 30vh;
      }
    `,
  ];

  render() {
    const { state, changes, only } = this.moment;
    if (state.streams.length === 0) {
      return html`<div class="empty">
        No StreamID has a device, and the guest has configured none yet: it writes an STE and submits CFGI_STE.
      </div>`;
    }
    const all = only ? state.streams.filter((it) => changes.of('streams', it.sid)) : state.streams;
    const selected = this.selected();
    const shown = all.filter((it, i) => i < STREAMS_LIMIT || it === selected);
    return html`${shown.length
        ? html`<div class="scroll">
            <table aria-label="Streams">
              <thead>
                <tr>
                  <th>StreamID</th>
                  <th>Configuration</th>
                  <th>Effective</th>
                  <th>Fault</th>
                  <th>Device</th>
                  <th>HWPT</th>
                  <th>Since</th>
                </tr>
              </thead>
              <tbody>
                ${shown.map((it) => this.row(it, it === selected))}
              </tbody>
            </table>
          </div>
          ${shown.length < all.length
            ? html`<p class="quiet">
                ${count(all.length - shown.length)} more streams are not shown; the parameter sid of the address selects one.
              </p>`
            : nothing}`
        : html`<div class="empty">This event changed no stream.</div>`}
      ${selected && (!only || shown.includes(selected))
        ? html`<ste-fields .moment=${this.moment} .stream=${selected}></ste-fields>`
        : nothing}`;
  }

  /** The stream of the address; without one, the one that the event is about or changed, else one with a device. */
  selected() {
    const { state, changes } = this.moment;
    const { streams } = state;
    const named = (sid) => streams.find((it) => it.sid === sid);
    return this.sid
      ? named(this.sid)
      : (named(this.concerned) ??
          streams.find((it) => changes.of('streams', it.sid)) ??
          streams.find((it) => it.device) ??
          streams[0]);
  }

  row(it, selected) {
    const { vsmmu, position } = this.moment;
    const at = (name) => `streams["${it.sid}"].${name}`;
    return html`<tr class=${selected ? 'selected' : nothing}>
      <td class="mono">
        <a
          href=${hrefWith({ sid: it.sid })}
          aria-current=${selected ? 'true' : nothing}
          aria-label=${`StreamID ${it.sid}, its STE`}
          >${it.sid}</a
        >
      </td>
      <td>
        ${this.cell(it, 'configuration', html`<span class=${it.configuration}>${it.configuration}</span>`)}
        <value-origin .vsmmu=${vsmmu} .at=${position} .path=${at('configuration')}></value-origin>
      </td>
      <td>${this.cell(it, 'effective', html`<span class=${it.effective}>${it.effective}</span>`)}</td>
      <td>${it.fault ? this.cell(it, 'fault', html`<span class="bad">${it.fault}</span>`) : html`<span class="quiet">–</span>`}</td>
      <td class="mono">${it.device ?? '–'}</td>
      <td>${this.cell(it, 'hwpt', it.hwpt ?? '–')}</td>
      <td>${it.since === null ? '–' : html`<vs-position .position=${it.since}></vs-position>`}</td>
    </tr>`;
  }

  cell(it, field, content) {
    const changed = this.moment.changes.of('streams', it.sid, field);
    return changed
      ? html`<span class="changed" title=${wasText(changed)}>${content}<span class="unseen">, ${wasText(changed)}</span></span>`
      : content;
  }
}

customElements.define('stream-table', StreamTable);
