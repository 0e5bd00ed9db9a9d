import { LitElement, css, html } from 'lit';
import { sharedStyle } from '../core/shared-style.js';
import '../element/event-list.js';
import '../element/find-bar.js';

/** The left column: the search and the events. Properties as of every panel. */
class EventPanel extends LitElement {
  static properties = { vsmmu: { attribute: false }, at: { attribute: false }, query: { attribute: false } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        padding: 2px 2px 8px;
      }
    `,
  ];

  render() {
    return html`<find-bar .vsmmu=${this.vsmmu} .at=${this.at} .query=${this.query}></find-bar>
      <event-list .vsmmu=${this.vsmmu} .at=${this.at} .query=${this.query}></event-list>`;
  }
}

customElements.define('event-panel', EventPanel);
