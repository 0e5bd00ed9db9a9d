import { LitElement, css, html } from 'lit';
import { bind, keys } from '../core/keyboard.js';
import { sharedStyle } from '../core/shared-style.js';

const NAMES = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

/** The overlay with every key of the page; `?` opens it. */
class KeysElement extends LitElement {
  static properties = { open: { state: true } };

  static styles = [
    sharedStyle,
    css`
      dialog {
        color: var(--text);
        background: var(--ground);
        border: 1px solid var(--line);
        border-radius: 6px;
        padding: 16px 20px;
        max-width: min(860px, 92vw);
        max-height: 88vh;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.4);
      }
      .parts {
        columns: 2 340px;
        column-gap: 32px;
      }
      section {
        break-inside: avoid;
        margin-bottom: 12px;
      }
      kbd {
        font: 12px var(--mono);
        padding: 0 5px;
        border: 1px solid var(--line);
        border-radius: 3px;
        background: var(--panel);
        white-space: nowrap;
      }
      td:first-child {
        width: 110px;
      }
      .row {
        justify-content: space-between;
        flex-wrap: nowrap;
      }
    `,
  ];

  connectedCallback() {
    super.connectedCallback();
    this.unbind = bind([{ keys: ['?'], where: 'Everywhere', what: 'This table', run: () => this.show() }]);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unbind();
  }

  async show() {
    this.open = true;
    await this.updateComplete;
    this.renderRoot.querySelector('dialog').showModal();
  }

  close() {
    this.renderRoot.querySelector('dialog').close();
  }

  render() {
    const parts = Map.groupBy(this.open ? keys() : [], (key) => key.where);
    return html`<dialog aria-labelledby="title" @close=${() => (this.open = false)}>
      <div class="row">
        <h2 id="title">Keys</h2>
        <button @click=${this.close} autofocus>Close</button>
      </div>
      <div class="parts">
        ${[...parts].map(
          ([where, list]) =>
            html`<section>
              <h3>${where}</h3>
              <table>
                <tbody>
                  ${list.map(
                    (key) =>
                      html`<tr>
                        <td>${key.keys.map((it, at) => html`${at ? ' ' : ''}<kbd>${shown(it)}</kbd>`)}</td>
                        <td>${key.what}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </section>`,
        )}
      </div>
    </dialog>`;
  }
}

function shown(key) {
  return key.replace(/Arrow\w+/, (it) => NAMES[it] ?? it);
}

customElements.define('vs-keys', KeysElement);
