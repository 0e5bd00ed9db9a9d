import { LitElement, css, html, nothing } from 'lit';
import { get } from '../core/api.js';
import { count } from '../core/format.js';
import { href } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-problem.js';

/** Between two looks at the list, in milliseconds. */
const PAUSE = 2000;

/** Every vSMMU of the service with its health. */
class OverviewPage extends LitElement {
  static properties = { route: { attribute: false }, items: { state: true }, problem: { state: true } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
        padding: 16px;
      }
    `,
  ];

  connectedCallback() {
    super.connectedCallback();
    this.look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  async look() {
    try {
      this.items = (await get('/vsmmus', { limit: 1000 })).items;
      this.problem = null;
    } catch (problem) {
      this.problem = problem;
    }
    if (this.isConnected) {
      this.timer = setTimeout(() => this.look(), PAUSE);
    }
  }

  render() {
    return html`<h1>vSMMUs</h1>
      ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}
      ${this.items ? this.list() : nothing}`;
  }

  list() {
    if (this.items.length === 0) {
      return html`<div class="empty">
        There is no vSMMU yet. Import a recording: <code>./vsmmu import FILE</code>, or create one for a guest:
        <code>./vsmmu create NAME</code>.
      </div>`;
    }
    return html`<table>
      <thead>
        <tr>
          <th>Name</th>
          <th>State</th>
          <th>Health</th>
          <th class="number">Events</th>
          <th class="number">Devices</th>
        </tr>
      </thead>
      <tbody>
        ${this.items.map(
          (it) =>
            html`<tr>
              <td><a href=${href(['vsmmus', it.name])}>${it.name}</a></td>
              <td>${it.lifecycle}</td>
              <td>${it.health.status}</td>
              <td class="number">${count(it.events)}</td>
              <td class="number">${it.devices.length}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }
}

customElements.define('overview-page', OverviewPage);
