import { LitElement, css, html, nothing } from 'lit';
import { path } from '../core/api.js';
import { Query } from '../core/query.js';
import { hrefWith } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-problem.js';

/**
 * What is shown below the timeline: the value of the parameter `panel`, its module, tag and title.
 * Each panel's element gets the properties `vsmmu` (the resource), `at` (the position of the cursor,
 * or null for the newest), and `query` (the parameters of the view, for those of its own).
 */
const PANELS = [];

/** One vSMMU: its timeline, the moment at the cursor, and what is asked about it. */
class VsmmuPage extends LitElement {
  static properties = { route: { attribute: false }, loaded: { state: true }, failure: { state: true } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
        padding: 8px 16px;
      }
      [role='tablist'] {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        border-bottom: 1px solid var(--line);
        margin: var(--gap) 0;
      }
      [role='tab'] {
        padding: 4px 0;
        text-decoration: none;
        border-bottom: 2px solid transparent;
      }
      [role='tab'][aria-selected='true'] {
        border-color: var(--accent);
        font-weight: 600;
      }
    `,
  ];

  vsmmu = new Query(this, () => this.name && [path('vsmmus', this.name)]);

  /** The name in the address. */
  get name() {
    return this.route?.path[1];
  }

  /** The position of the cursor; null for the newest. */
  get at() {
    const at = Number(this.route?.query.at);
    return Number.isSafeInteger(at) && at > 0 ? at : null;
  }

  render() {
    const { value, problem } = this.vsmmu;
    if (problem) {
      return html`<vs-problem .problem=${problem}></vs-problem>`;
    }
    if (!value) {
      return nothing;
    }
    return html`<h1>${value.name}</h1>
      ${this.tabs(value)}`;
  }

  tabs() {
    const wanted = PANELS.find((it) => it.id === this.route.query.panel) ?? PANELS[0];
    if (!wanted) {
      return nothing;
    }
    return html`<div role="tablist" aria-label="Panels">
        ${PANELS.map(
          (it) =>
            html`<a
              role="tab"
              id="tab-${it.id}"
              href=${hrefWith({ panel: it.id })}
              aria-selected=${it === wanted}
              aria-controls="panel"
              >${it.title}</a
            >`,
        )}
      </div>
      <div role="tabpanel" id="panel" aria-labelledby="tab-${wanted.id}">${this.panel(wanted)}</div>`;
  }

  panel(wanted) {
    if (!customElements.get(wanted.tag)) {
      import(wanted.module).then(
        () => this.requestUpdate(),
        (failure) => (this.failure = failure),
      );
      return this.failure ? html`<vs-problem .problem=${this.failure}></vs-problem>` : nothing;
    }
    if (this.shown?.localName !== wanted.tag) {
      this.shown = document.createElement(wanted.tag);
    }
    Object.assign(this.shown, { vsmmu: this.vsmmu.value, at: this.at, query: this.route.query });
    return this.shown;
  }
}

customElements.define('vsmmu-page', VsmmuPage);
