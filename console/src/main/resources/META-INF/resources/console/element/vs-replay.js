import { LitElement, css, html, nothing } from 'lit';
import { get, path, post, remove } from '../core/api.js';
import { counted } from '../core/format.js';
import { href } from '../core/route.js';
import { refusal } from '../core/session.js';
import { sharedStyle } from '../core/shared-style.js';
import './vs-copy.js';
import './vs-problem.js';
import './vs-progress.js';

/** Between two questions about a replay, in milliseconds; doubles up to the second figure. */
const PAUSE = [100, 1000];

/** Replays the log of `vsmmu` (its resource) against a fresh host, up to `until` if that is not null. */
class ReplayElement extends LitElement {
  static properties = {
    vsmmu: { attribute: false },
    until: { attribute: false },
    choice: { state: true },
    replay: { state: true },
    problem: { state: true },
  };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      .row {
        margin-bottom: 6px;
      }
    `,
  ];

  constructor() {
    super();
    this.choice = { mode: 'commands', host: 'simulated', partly: false };
  }

  willUpdate(changed) {
    if (changed.has('vsmmu') && changed.get('vsmmu')?.id !== this.vsmmu?.id) {
      this.forget();
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  /** Its outcome is not waited for any more. */
  forget() {
    clearTimeout(this.timer);
    this.replay = null;
    this.problem = null;
  }

  get asked() {
    const { mode, host, partly } = this.choice;
    return {
      vsmmu: this.vsmmu.name,
      mode,
      verify: true,
      ...(host === 'simulated' ? {} : { host }),
      ...(partly && this.until ? { until: String(this.until) } : {}),
    };
  }

  render() {
    const { mode, host, partly } = this.choice;
    const { vsmmu, ...options } = this.asked;
    const set = (patch) => (this.choice = { ...this.choice, ...patch });
    return html`<p class="quiet">
        ${mode === 'commands'
          ? 'What the guest did is decided again by this version of the service, and compared with the log. No host is touched.'
          : host === 'local'
            ? 'The stored events are applied to this host. It needs the devices of the log, free.'
            : 'The stored events are applied to a simulated host that has what the log names, and compared.'}
        The log does not change.
      </p>
      <div class="row">
        <select aria-label="What is replayed" .value=${mode} @change=${(event) => set({ mode: event.target.value })}>
          <option value="commands">decide the accesses again</option>
          <option value="events">apply the events again</option>
        </select>
        ${mode === 'events'
          ? html`<select aria-label="Host" .value=${host} @change=${(event) => set({ host: event.target.value })}>
              <option value="simulated">on a simulated host</option>
              <option value="local">on this host</option>
            </select>`
          : nothing}
        ${this.until
          ? html`<label
              ><input type="checkbox" .checked=${partly} @change=${(event) => set({ partly: event.target.checked })} /> up to
              ${this.until}</label
            >`
          : nothing}
        <button
          ?disabled=${this.replay?.status === 'RUNNING' || refusal('operator')}
          title=${refusal('operator') ?? nothing}
          @click=${this.start}
        >
          Replay and compare
        </button>
        <vs-copy
          .command=${{ words: ['replay'], values: [vsmmu], options }}
          .request=${{ method: 'POST', resource: '/replays', body: this.asked }}
        ></vs-copy>
      </div>
      ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}
      ${this.replay ? this.outcome(this.replay) : nothing}`;
  }

  outcome({ status, progress, events, hostOperations, divergences, diverged, failure }) {
    if (status === 'RUNNING') {
      const total = progress > 0 ? Math.round(events / progress) : 0;
      return html`<vs-progress label="Replaying" .progress=${{ done: events, total }} @stop=${this.stop}></vs-progress>`;
    }
    if (status === 'STOPPED') {
      return html`<p role="status">Stopped after ${counted(events, 'event')}; nothing was compared behind them.</p>`;
    }
    if (status === 'FAILED') {
      return html`<vs-problem .problem=${{ title: 'The replay failed', detail: failure }}></vs-problem>`;
    }
    return html`<div role="status">
        <span class=${diverged > 0 ? 'bad' : 'good'}>
          ${diverged > 0 ? `${counted(diverged, 'divergence')}` : 'No divergence'}</span
        >, ${counted(events, 'event')}${hostOperations > 0 ? `, ${counted(hostOperations, 'host operation')}` : ''}
      </div>
      ${divergences.length > 0
        ? html`<table>
            <thead>
              <tr>
                <th>Position</th>
                <th>Recorded</th>
                <th>Produced</th>
              </tr>
            </thead>
            <tbody>
              ${divergences.map(
                (it) =>
                  html`<tr>
                    <td><a href=${href(['vsmmus', this.vsmmu.name], { at: it.position })}>${it.position}</a></td>
                    <td>${it.recorded}</td>
                    <td>${it.produced}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
        : nothing}`;
  }

  async start() {
    this.forget();
    try {
      this.replay = await post('/replays', this.asked);
      this.look(PAUSE[0]);
    } catch (problem) {
      this.problem = problem;
    }
  }

  /** A replay that has just ended cannot be stopped; the next look shows its outcome. */
  async stop() {
    await remove(path('replays', this.replay.id)).catch(() => {});
  }

  look(pause) {
    this.timer = setTimeout(async () => {
      try {
        this.replay = await get(path('replays', this.replay.id));
        if (this.replay.status === 'RUNNING') {
          this.look(Math.min(PAUSE[1], 2 * pause));
        }
      } catch (problem) {
        this.problem = problem;
        this.replay = null;
      }
    }, pause);
  }
}

customElements.define('vs-replay', ReplayElement);
