import { LitElement, css, html, nothing, svg } from 'lit';
import { hrefWith } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';

/** Sizes of the drawing, in its own units, which are pixels where there is room for them. */
const BOX = { width: 112, height: 36, gap: 26, line: 46, top: 22 };

/** Streams that are drawn; the table below has all of them. */
const STREAMS = 16;

const COLUMNS = ['Device', 'vDEVICE', 'Stream', 'HWPT', 'Nesting parent'];

const KINDS = { NESTED_HWPT: 'nested', ABORT_PROXY: 'abort', BYPASS_PROXY: 'bypass' };

/**
 * From each device over its vDEVICE and its stream to the HWPT that it is attached to, and the
 * nesting parent below. `moment` as core/changes.js says.
 */
class HwptGraph extends LitElement {
  static properties = { moment: { attribute: false } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      svg {
        display: block;
        width: 100%;
        max-width: 700px;
        height: auto;
        font: 11px var(--font);
      }
      rect {
        fill: var(--panel);
        stroke: var(--line);
      }
      a:hover rect,
      a:focus-visible rect {
        stroke: var(--accent);
        stroke-width: 2;
      }
      a:focus-visible {
        outline: none;
      }
      .changed rect {
        fill: var(--mark);
      }
      path {
        fill: none;
        stroke: var(--quiet);
        stroke-width: 1.3;
      }
      text {
        fill: var(--text);
      }
      .small,
      .heading {
        fill: var(--quiet);
      }
      .mono {
        font-family: var(--mono);
      }
    `,
  ];

  render() {
    const { state } = this.moment;
    const all = state.streams.filter((it) => it.device || it.hwpt !== null);
    const streams = all.slice(0, STREAMS);
    if (streams.length === 0) {
      return html`<div class="empty">
        No stream has a device: <code>./vsmmu attach</code> gives the vSMMU one of the host.
      </div>`;
    }
    const hwpts = state.hwpts.filter((it) => streams.some((stream) => stream.hwpt === it.handle) || !it.sid);
    const parents = state.objects.filter((it) => it.kind === 'NESTING_PARENT');
    const rows = Math.max(streams.length, hwpts.length, parents.length);
    const width = COLUMNS.length * BOX.width + (COLUMNS.length - 1) * BOX.gap;
    const places = { hwpts: ordered(hwpts, streams) };
    return html`<svg
      viewBox=${`0 0 ${width} ${BOX.top + rows * BOX.line}`}
      role="group"
      aria-label="From devices to nesting parents"
    >
      ${COLUMNS.map((name, i) => svg`<text class="heading" x=${x(i)} y="12">${name}</text>`)}
      ${streams.map((stream, row) => this.stream(stream, row, places.hwpts))}
      ${places.hwpts.map((it, row) => this.hwpt(it, row, parents))}
      ${parents.map((it, row) => this.box(4, row, `IOAS and stage 2`, `handle ${it.handle}${id(it)}`, it.since, this.changed('objects', it.handle), `nesting parent ${it.handle}`))}
    </svg>
    ${all.length > STREAMS
      ? html`<p class="quiet">The first ${STREAMS} of ${all.length} streams with a device; the table has all objects.</p>`
      : nothing}`;
  }

  stream(stream, row, hwpts) {
    const { state } = this.moment;
    const device = state.devices.find((it) => it.sid === stream.sid);
    const vdevice = state.objects.find((it) => it.handle === stream.vdevice);
    const to = hwpts.findIndex((it) => it.handle === stream.hwpt);
    return svg`${
      device
        ? svg`${edge(0, row, 1, row)}${edge(1, row, 2, row)}
          ${this.box(0, row, device.hostDevice, `handle ${device.device}`, device.since, this.changed('devices', stream.sid), `device ${device.hostDevice}`, true)}
          ${this.box(1, row, `handle ${device.vdevice ?? '–'}`, vdevice?.kernelId ? `kernel id ${vdevice.kernelId}` : '', vdevice?.since ?? null, this.changed('objects', device.vdevice), `vDEVICE ${device.vdevice}`)}`
        : nothing
    }
    ${to >= 0 ? edge(2, row, 3, to) : nothing}
    ${this.box(2, row, stream.sid, stream.effective, stream.since, this.changed('streams', stream.sid), `stream ${stream.sid}, ${stream.effective}`, true)}`;
  }

  hwpt(it, row, parents) {
    return svg`${parents.length === 1 ? edge(3, row, 4, 0) : nothing}
      ${this.box(3, row, `${KINDS[it.kind] ?? it.kind} ${it.handle}`, `${it.kernelId ? `kernel id ${it.kernelId}` : ''}`, it.since, this.changed('hwpts', it.handle), `HWPT ${it.handle}, ${KINDS[it.kind] ?? it.kind}`)}`;
  }

  changed(section, item) {
    return this.moment.changes.of(section, item) !== null;
  }

  /** A box that leads to the event that made it. */
  box(column, row, first, second, since, changed, name, mono = false) {
    const left = x(column);
    const top = BOX.top + row * BOX.line;
    const content = svg`<rect x=${left} y=${top} width=${BOX.width} height=${BOX.height} rx="4"></rect>
      <text class=${mono ? 'mono' : nothing} x=${left + 7} y=${top + 15}>${first}</text>
      <text class="small" x=${left + 7} y=${top + 29}>${second}</text>`;
    const group = changed ? 'changed' : '';
    return since === null
      ? svg`<g class=${group}>${content}</g>`
      : svg`<a class=${group} href=${hrefWith({ at: since })} aria-label=${`${name}${changed ? ', changed' : ''}, since position ${since}`}>${content}</a>`;
  }
}

function id(it) {
  return it.kernelId ? `, id ${it.kernelId}` : '';
}

function x(column) {
  return column * (BOX.width + BOX.gap);
}

/** HWPTs beside the streams that use them, so that lines cross little. */
function ordered(hwpts, streams) {
  const place = (it) => {
    const users = streams.map((stream, i) => (stream.hwpt === it.handle ? i : -1)).filter((i) => i >= 0);
    return users.length ? users.reduce((a, b) => a + b, 0) / users.length : streams.length + it.handle;
  };
  return [...hwpts].sort((a, b) => place(a) - place(b));
}

function edge(fromColumn, fromRow, toColumn, toRow) {
  const x1 = x(fromColumn) + BOX.width;
  const x2 = x(toColumn);
  const y1 = BOX.top + fromRow * BOX.line + BOX.height / 2;
  const y2 = BOX.top + toRow * BOX.line + BOX.height / 2;
  const middle = (x1 + x2) / 2;
  return svg`<path d=${`M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`}></path>`;
}

customElements.define('hwpt-graph', HwptGraph);
