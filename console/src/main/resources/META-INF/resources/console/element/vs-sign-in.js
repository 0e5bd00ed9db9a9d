import { LitElement, css, html, nothing } from 'lit';
import { openedWithOldCode, signIn } from '../core/session.js';
import { sharedStyle } from '../core/shared-style.js';
import { commandLine } from '../core/shell.js';
import './vs-problem.js';

/**
 * What a page without a session shows: the command that opens one, and a field for a token. The
 * address stays what it is, so that the view it names is shown afterwards.
 */
class SignInElement extends LitElement {
  static properties = { problem: { state: true }, busy: { state: true } };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
        max-width: 640px;
        margin: 0 auto;
        padding: 32px 16px;
      }
      code {
        user-select: all;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap);
        margin: 12px 0;
      }
      input {
        flex: 1;
        min-width: 200px;
      }
    `,
  ];

  render() {
    return html`<h1>Sign in</h1>
      ${openedWithOldCode() ? html`<p>This page's address was used before or is older than 5 minutes: it works once.</p>` : nothing}
      <p>
        Run <code tabindex="0">${commandLine({ words: ['console'] })}</code> as the user of the service, on its machine, and
        open the address that it prints. Or give a token here:
      </p>
      <form @submit=${this.submit}>
        <label for="token">Token</label>
        <input id="token" type="password" autocomplete="off" spellcheck="false" required />
        <button class="primary" ?disabled=${this.busy}>Sign in</button>
      </form>
      ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}
      <p class="quiet">
        The service's own token is in the file <code>token</code> of its data directory; an administrator makes others with
        <code>./vsmmu token create</code>.
      </p>`;
  }

  firstUpdated() {
    this.renderRoot.querySelector('input').focus();
  }

  async submit(event) {
    event.preventDefault();
    const field = this.renderRoot.querySelector('input');
    this.busy = true;
    this.problem = null;
    try {
      await signIn(field.value.trim());
    } catch (problem) {
      this.problem = problem;
      field.select();
    } finally {
      this.busy = false;
    }
  }
}

customElements.define('vs-sign-in', SignInElement);
