import { LitElement, css, html, nothing } from 'lit';
import { commandLine, curl } from '../core/shell.js';
import { sharedStyle } from '../core/shared-style.js';

/**
 * A button that shows how to reach what a view shows from elsewhere, and copies it: its link, the
 * command line, the REST call.
 *
 *     <vs-copy .command=${{ words: ['state'], values: [name], options: { at } }}
 *       .request=${{ resource: path('vsmmus', name, 'state'), query: { at } }}></vs-copy>
 *
 * `command` is shell.js's Command or an array of them, `request` its Request; without one its row is
 * left out.
 */
class CopyElement extends LitElement {
  static properties = {
    command: { attribute: false },
    request: { attribute: false },
    label: {},
    open: { state: true },
    copied: { state: true },
  };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: inline-block;
      }
      .choices {
        position: fixed;
        inset: auto;
        margin: 0;
        width: min(560px, 94vw);
        padding: var(--gap) 12px;
        color: var(--text);
        background: var(--ground);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        box-shadow: 0 4px 16px rgb(0 0 0 / 25%);
      }
      .texts {
        display: grid;
        grid-template-columns: auto 1fr auto;
        gap: 6px 10px;
        align-items: start;
      }
      .name {
        color: var(--quiet);
        white-space: nowrap;
        padding-top: 3px;
      }
      code {
        min-width: 0;
        max-height: 7.5em;
        overflow: auto;
        white-space: pre-wrap;
        padding: 3px 6px;
        background: var(--panel);
        border-radius: var(--radius);
        user-select: all;
      }
    `,
  ];

  constructor() {
    super();
    this.label = 'Copy';
    this.open = false;
    this.copied = '';
  }

  /** What there is to copy: its name and its text. */
  get texts() {
    const commands = this.command ? [this.command].flat() : [];
    return [
      ['Link', location.href],
      ...commands.map((it) => ['CLI command', commandLine(it)]),
      ...(this.request ? [['curl', curl(this.request)]] : []),
    ];
  }

  render() {
    return html`<button popovertarget="choices" title="Link, command line and REST call of this view">${this.label}</button>
      <div
        popover
        class="choices"
        id="choices"
        role="group"
        aria-label="Copy this view as"
        @toggle=${this.toggled}
        @keydown=${this.key}
      >
        ${this.open
          ? html`<div class="texts">
              ${this.texts.map(
                ([name, text]) =>
                  html`<span class="name">${name}</span><code tabindex="0" aria-label=${name}>${text}</code
                    ><button aria-label="Copy ${name}" @click=${() => this.copy(name, text)}>
                      ${this.copied === name ? 'Copied' : 'Copy'}
                    </button>`,
              )}
            </div>`
          : nothing}
        <span class="unseen" role="status">${this.copied ? `${this.copied} copied` : ''}</span>
      </div>`;
  }

  async toggled(event) {
    this.open = event.newState === 'open';
    this.copied = '';
    if (this.open) {
      await this.updateComplete;
      this.place();
      this.renderRoot.querySelector('.texts button')?.focus();
    }
  }

  /** Below its button, or above it where there is no room, within the window. */
  place() {
    const choices = this.renderRoot.querySelector('.choices');
    const button = this.renderRoot.querySelector('button').getBoundingClientRect();
    const left = Math.max(8, Math.min(button.right - choices.offsetWidth, innerWidth - choices.offsetWidth - 8));
    const below = button.bottom + 4;
    const top = below + choices.offsetHeight > innerHeight ? button.top - choices.offsetHeight - 4 : below;
    choices.style.left = `${left}px`;
    choices.style.top = `${Math.max(8, top)}px`;
  }

  /** The page's own keys do not act behind it. */
  key(event) {
    event.stopPropagation();
  }

  async copy(name, text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Browsers give a page a clipboard on loopback and over TLS only; the older way works elsewhere.
      this.copyBySelection(text);
    }
    this.copied = name;
  }

  copyBySelection(text) {
    const field = document.createElement('textarea');
    field.value = text;
    this.renderRoot.querySelector('.choices').append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
}

customElements.define('vs-copy', CopyElement);
