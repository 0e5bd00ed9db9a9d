import { LitElement, css, html, nothing } from 'lit';
import { get, path } from '../core/api.js';
import { change } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';

/**
 * A button that moves the cursor to the event that set a value of the state; the browser's back
 * button returns.
 *
 * - `vsmmu`: name; `at`: position up to which the log is looked at
 * - `path`: the value, in the language of conditions, as `streams["0x900"].ste[0]`
 */
class ValueOrigin extends LitElement {
  static properties = { vsmmu: {}, at: { type: Number }, path: {}, asking: { state: true }, answer: { state: true } };

  static styles = [
    sharedStyle,
    css`
      button.plain {
        font-size: 0.86em;
      }
      span {
        font-size: 0.86em;
      }
    `,
  ];

  disconnectedCallback() {
    super.disconnectedCallback();
    this.asking?.abort();
  }

  willUpdate(changed) {
    if (changed.has('path') || changed.has('at') || changed.has('vsmmu')) {
      this.asking?.abort();
      this.asking = null;
      this.answer = null;
    }
  }

  render() {
    if (this.answer) {
      return html`<span class=${this.answer.bad ? 'bad' : 'quiet'} role="status">${this.answer.text}</span>`;
    }
    return html`<button
      class="plain"
      aria-label=${`What set ${this.path}`}
      title="Go to the event that set it"
      aria-busy=${this.asking ? 'true' : nothing}
      @click=${this.clicked}
    >
      ${this.asking ? 'stop' : 'why'}
    </button>`;
  }

  async clicked(event) {
    event.stopPropagation();
    if (this.asking) {
      this.asking.abort();
      this.asking = null;
      return;
    }
    const asking = new AbortController();
    this.asking = asking;
    try {
      const why = await get(
        path('vsmmus', this.vsmmu, 'why'),
        { position: this.at, path: this.path },
        { signal: asking.signal },
      );
      if (asking !== this.asking) {
        return;
      }
      const { setAt, readableFrom } = why.value;
      if (setAt === this.at) {
        this.answer = { text: 'set by this event' };
      } else if (setAt) {
        change({ at: setAt });
      } else {
        this.answer = {
          text: readableFrom ? `so since ${readableFrom}; the log before it cannot be read` : 'so from the beginning',
        };
      }
    } catch (failure) {
      if (failure.name !== 'AbortError') {
        this.answer = { text: failure.message, bad: true };
      }
    } finally {
      if (asking === this.asking) {
        this.asking = null;
      }
    }
  }
}

customElements.define('value-origin', ValueOrigin);
