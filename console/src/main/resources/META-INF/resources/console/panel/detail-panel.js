import { LitElement, css, html, nothing } from 'lit';
import { path } from '../core/api.js';
import { ArchitectureController } from '../core/architecture.js';
import { absolute } from '../core/format.js';
import { Query } from '../core/query.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/event-data.js';
import '../element/vs-copy.js';
import '../element/vs-position.js';
import '../element/vs-problem.js';

/** Everything that the event at the cursor contains; of long lists the first parts. */
class DetailPanel extends LitElement {
  static properties = { vsmmu: { attribute: false }, at: { attribute: false }, query: { attribute: false } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      .head {
        display: flex;
        align-items: baseline;
        gap: 12px;
        margin-bottom: 4px;
      }
      .head h3 {
        margin: 0;
      }
      vs-copy {
        margin-left: auto;
      }
    `,
  ];

  tables = new ArchitectureController(this);

  page = new Query(
    this,
    () =>
      this.vsmmu && [path('vsmmus', this.vsmmu.name, 'events'), { around: this.at ?? this.vsmmu.position, limit: 1 }],
  );

  render() {
    const { value, problem } = this.page;
    if (problem) {
      return html`<vs-problem .problem=${problem}></vs-problem>`;
    }
    const event = value?.items[0];
    if (!event || !this.tables.value) {
      return nothing;
    }
    const one = path('vsmmus', this.vsmmu.name, 'events', event.position);
    return html`<div class="head">
        <h3>Event ${event.position}: ${event.type}</h3>
        <vs-copy
          .command=${{ words: ['event'], values: [this.vsmmu.name, event.position] }}
          .request=${{ resource: one }}
        ></vs-copy>
      </div>
      <p>${event.text}</p>
      <p class="quiet">
        ${absolute(event.time)} UTC · sequence
        ${event.sequence}${event.cause
          ? html` · caused by <vs-position .position=${event.cause.position}></vs-position>${Number.isInteger(
                event.cause.command,
              )
                ? `, its command ${event.cause.command}`
                : nothing}`
          : nothing}${event.subject ? ` · asked for by ${event.subject}` : nothing}
      </p>
      <event-data .event=${event} .tables=${this.tables.value}></event-data>`;
  }
}

customElements.define('detail-panel', DetailPanel);
