import { LitElement, css, html, nothing } from 'lit';
import { address, get, path } from '../core/api.js';
import { sharedStyle } from '../core/shared-style.js';
import './vs-copy.js';
import './vs-problem.js';

/** Downloads of the log of `vsmmu` (a name): as it is, a part of it, or a trace for Perfetto. */
class ExportElement extends LitElement {
  static properties = { vsmmu: {}, range: { state: true }, problem: { state: true } };

  static styles = [
    sharedStyle,
    css`
      input {
        width: 180px;
      }
    `,
  ];

  constructor() {
    super();
    this.range = { from: '', to: '' };
  }

  render() {
    const of = path('vsmmus', this.vsmmu);
    const { from, to } = this.range;
    const file = `${this.vsmmu}.vsmmulog`;
    return html`<div class="row">
        <label>From <input placeholder="the first event" .value=${from} @input=${(e) => this.set({ from: e.target.value })} /></label>
        <label>to <input placeholder="the newest event" .value=${to} @input=${(e) => this.set({ to: e.target.value })} /></label>
        <button @click=${this.save}>${from || to ? 'Export this part' : 'Export the log'}</button>
        <vs-copy
          .command=${{ words: ['export'], values: [this.vsmmu, file], options: { from, to } }}
          .request=${{ resource: `${of}/export`, query: { from, to }, output: file }}
        ></vs-copy>
        <a href=${address(`${of}/trace`)} download="${this.vsmmu}.perfetto.json">Perfetto trace</a>
        <vs-copy
          label="Copy trace command"
          .command=${{ words: ['export'], values: [this.vsmmu, `${this.vsmmu}.perfetto.json`], options: { perfetto: true } }}
          .request=${{ resource: `${of}/trace`, output: `${this.vsmmu}.perfetto.json` }}
        ></vs-copy>
      </div>
      <p class="quiet">
        A moment is a position or an instant such as 2026-01-31T12:00:00Z. A log with its first event can be imported
        again; a later part is verified with <code>./vsmmu verify FILE</code>. ui.perfetto.dev opens the trace.
      </p>
      ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}`;
  }

  set(patch) {
    this.range = { ...this.range, ...patch };
    this.problem = null;
  }

  /** A browser would store a refusal as the file; the list of events refuses the same moments. */
  async save() {
    const of = path('vsmmus', this.vsmmu);
    try {
      await get(`${of}/events`, { ...this.range, limit: 1 });
      this.problem = null;
      const link = document.createElement('a');
      link.href = address(`${of}/export`, this.range);
      link.download = `${this.vsmmu}.vsmmulog`;
      link.click();
    } catch (problem) {
      this.problem = problem;
    }
  }
}

customElements.define('vs-export', ExportElement);
