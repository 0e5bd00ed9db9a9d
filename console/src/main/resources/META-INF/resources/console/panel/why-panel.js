import { LitElement, css, html, nothing } from 'lit';
import { path } from '../core/api.js';
import { absolute } from '../core/format.js';
import { Query } from '../core/query.js';
import { change, hrefWith } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/address-history.js';
import '../element/causal-chain.js';
import '../element/vs-copy.js';
import '../element/vs-position.js';
import '../element/vs-problem.js';
import '../element/vs-progress.js';

/** Faults of one event for whose addresses there is a link; the first ones, when there are more. */
const ADDRESSES = 4;

/**
 * What led to the event at the cursor and what followed; and, if the address asks for it, what set a
 * value (`why.path`) or what happened to an input address (`why.iova`, `why.sid`, `why.asid`).
 */
class WhyPanel extends LitElement {
  static properties = { vsmmu: { attribute: false }, at: { attribute: false }, query: { attribute: false } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 8px;
        align-items: center;
        margin-bottom: 6px;
      }
      form label {
        display: flex;
        align-items: center;
        gap: 6px;
        color: var(--quiet);
      }
      input {
        padding: 1px 6px;
        font-family: var(--mono);
        font-size: 0.93em;
        color: var(--text);
      }
      vs-copy {
        margin-left: auto;
      }
      input.path {
        width: 19em;
      }
      input.address {
        width: 10em;
      }
      input.id {
        width: 5em;
      }
      section {
        border-bottom: 1px solid var(--line);
        margin-bottom: 10px;
        padding-bottom: 8px;
      }
    `,
  ];

  event = new Query(this, () => this.vsmmu && this.why({ position: this.position, all: this.whole }));

  value = new Query(
    this,
    () => this.vsmmu && this.query['why.path'] && this.why({ position: this.position, path: this.query['why.path'], all: this.whole }),
  );

  address = new Query(
    this,
    () =>
      this.vsmmu &&
      this.query['why.iova'] &&
      this.why({
        position: this.position,
        iova: this.query['why.iova'],
        sid: this.query['why.sid'],
        asid: this.query['why.asid'],
      }),
  );

  get position() {
    return this.at ?? this.vsmmu.position;
  }

  /** `true` if every step of a chain is wanted; the service leaves some out of long ones. */
  get whole() {
    return this.query['why.all'] === '1' ? true : null;
  }

  why(question) {
    return [path('vsmmus', this.vsmmu.name, 'why'), question];
  }

  render() {
    if (!this.vsmmu) {
      return nothing;
    }
    return html`${this.forms()}
      ${this.query['why.path'] ? html`<section aria-label="Why of a value">${this.answer(this.value, (it) => this.origin(it))}</section>` : nothing}
      ${this.query['why.iova']
        ? html`<section aria-label="Why of an address">
            ${this.answer(this.address, (it) => html`<address-history .history=${it.address}></address-history>`)}
          </section>`
        : nothing}
      ${this.answer(
        this.event,
        (it) =>
          html`<h3>Event ${it.position}: ${it.chain.event.type}</h3>
            ${this.addresses(it.chain.event)}
            <causal-chain .chain=${it.chain}></causal-chain>`,
      )}`;
  }

  /** Asks what happened to the addresses of the faults that an event reports. */
  addresses(event) {
    const faults = (event.data?.records ?? []).filter((it) => it.fields?.InputAddr);
    return faults.slice(0, ADDRESSES).map(
      ({ sid, fields }) =>
        html`<p>
          <a href=${hrefWith({ 'why.iova': fields.InputAddr, 'why.sid': sid, 'why.asid': null })}
            >What happened to ${fields.InputAddr} of StreamID ${sid}</a
          >
        </p>`,
    );
  }

  forms() {
    const given = (name) => this.query[name] ?? '';
    return html`<form aria-label="What set a value" @submit=${(event) => this.submitted(event, ['why.path'])}>
        <label
          >What set
          <input
            class="path"
            name="why.path"
            spellcheck="false"
            autocomplete="off"
            placeholder='streams["0x900"].ste[0]'
            .value=${given('why.path')}
          /></label>
        <button>Ask</button>
        ${this.query['why.path'] ? this.close(['why.path'], 'the value') : nothing}
        ${this.copy()}
      </form>
      <form aria-label="What happened to an address" @submit=${(event) => this.submitted(event, ['why.iova', 'why.sid', 'why.asid'])}>
        <label
          >Address
          <input
            class="address"
            name="why.iova"
            spellcheck="false"
            autocomplete="off"
            placeholder="0xffffc000"
            .value=${given('why.iova')}
        /></label>
        <label
          >StreamID
          <input class="id" name="why.sid" spellcheck="false" autocomplete="off" .value=${given('why.sid')}
        /></label>
        <label
          >ASID <input class="id" name="why.asid" spellcheck="false" autocomplete="off" .value=${given('why.asid')}
        /></label>
        <button>Ask</button>
        ${this.query['why.iova'] ? this.close(['why.iova', 'why.sid', 'why.asid'], 'the address') : nothing}
      </form>`;
  }

  /** Of the question that was asked last: about an address, else about a value, else about the event. */
  copy() {
    const options = { iova: given(this.query, 'iova'), sid: given(this.query, 'sid'), asid: given(this.query, 'asid') };
    const about = options.iova ? null : given(this.query, 'path');
    return html`<vs-copy
      .command=${{
        words: ['why'],
        values: [this.vsmmu.name, this.position, ...(about ? [about] : [])],
        options: options.iova ? options : {},
      }}
      .request=${{
        resource: path('vsmmus', this.vsmmu.name, 'why'),
        query: { position: this.position, path: about, ...(options.iova ? options : {}) },
      }}
    ></vs-copy>`;
  }

  close(names, what) {
    return html`<button
      type="button"
      class="plain"
      aria-label=${`Close the answer about ${what}`}
      @click=${() => change(Object.fromEntries(names.map((name) => [name, null])))}
    >
      Close
    </button>`;
  }

  submitted(event, names) {
    event.preventDefault();
    const given = new FormData(event.target);
    change(Object.fromEntries(names.map((name) => [name, given.get(name).trim() || null])));
  }

  /** The answer, or how far the search for it is. */
  answer(query, shown) {
    if (query.problem) {
      return html`<vs-problem .problem=${query.problem}></vs-problem>`;
    }
    if (query.loading && query.progress) {
      return html`<vs-progress label="Searching" .progress=${query.progress} @stop=${() => query.stop()}></vs-progress>`;
    }
    return query.value ? shown(query.value) : nothing;
  }

  origin(it) {
    const { value } = it;
    return html`<h3><code>${value.path}</code></h3>
      <p>
        ${value.setAt === null
          ? html`It is <code>${text(value.value)}</code> ${value.readableFrom
                ? `from position ${value.readableFrom} on; the log before it cannot be read.`
                : 'and has been so from the beginning.'}`
          : html`<vs-position .position=${value.setAt}></vs-position> changed it from
              <code>${text(value.before)}</code> to <code>${text(value.value)}</code>
              <span class="quiet">(${absolute(value.time)} UTC)</span>.`}
      </p>
      ${it.chain && value.setAt !== this.position ? html`<causal-chain .chain=${it.chain}></causal-chain>` : nothing}`;
  }
}

function given(query, name) {
  return query[`why.${name}`] ?? null;
}

function text(value) {
  return value === null || value === undefined ? 'nothing' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

customElements.define('why-panel', WhyPanel);
