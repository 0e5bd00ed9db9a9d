import { LitElement, css, html, nothing } from 'lit';
import { REACHED } from './core/api.js';
import { Modules } from './core/modules.js';
import { current, href, onChange } from './core/route.js';
import { SESSION, begin, current as session, signOut } from './core/session.js';
import { sharedStyle } from './core/shared-style.js';
import './element/vs-drop.js';
import './element/vs-keys.js';
import './element/vs-problem.js';
import './element/vs-sign-in.js';

/**
 * The views: the first part of the path, its module, its element's tag and its name. Modules are
 * loaded when their view is first shown.
 */
const PAGES = [
  { path: '', module: './page/overview-page.js', tag: 'overview-page', title: 'vSMMUs' },
  { path: 'vsmmus', module: './page/vsmmu-page.js', tag: 'vsmmu-page', title: null },
  { path: 'recordings', module: './page/recordings-page.js', tag: 'recordings-page', title: 'Recordings' },
  { path: 'compare', module: './page/compare-page.js', tag: 'compare-page', title: 'Compare' },
  { path: 'host', module: './page/host-page.js', tag: 'host-page', title: 'Host' },
  { path: 'audit', module: './page/audit-page.js', tag: 'audit-page', title: 'Audit' },
];

/** The frame around every view: navigation, the view itself, and what could not be loaded. */
class AppElement extends LitElement {
  static properties = { route: { state: true }, problem: { state: true } };

  static styles = [
    sharedStyle,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 20px;
        padding: 6px 16px;
        background: var(--panel);
        border-bottom: 1px solid var(--line);
      }
      header strong {
        font-size: 1.1rem;
      }
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        flex: 1;
      }
      nav a {
        padding: 2px 0;
        text-decoration: none;
        border-bottom: 2px solid transparent;
      }
      nav a[aria-current='page'] {
        border-color: var(--accent);
        font-weight: 600;
      }
      .skip {
        position: absolute;
        left: -999px;
      }
      .skip:focus {
        left: 8px;
        top: 8px;
        background: var(--ground);
        padding: 6px 12px;
        z-index: 9;
      }
      main {
        display: block;
        position: relative;
        flex: 1;
        min-width: 0;
      }
      main:focus {
        outline: none;
      }
      :host {
        display: flex;
        flex-direction: column;
        min-height: 100vh;
      }
    `,
  ];

  modules = new Modules(this);

  connectedCallback() {
    super.connectedCallback();
    this.route = current();
    this.stopListening = onChange((route) => (this.route = route));
    addEventListener(SESSION, this.renew);
    addEventListener(REACHED, this.look);
    this.look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopListening();
    removeEventListener(SESSION, this.renew);
    removeEventListener(REACHED, this.look);
  }

  /** Finds out who looks at the page, unless that is known. */
  look = async () => {
    if (session() === undefined) {
      this.problem = null;
      await begin().catch((problem) => (this.problem = problem));
    }
  };

  /** What a session showed is not shown to the next one. */
  renew = () => {
    if (!session()) {
      this.shown = null;
    }
    this.requestUpdate();
  };

  render() {
    if (!this.route) {
      return nothing;
    }
    const first = this.route.path[0] ?? '';
    // A view without a title of its own is about what the address names.
    const page = PAGES.find((it) => it.path === first && (it.title || this.route.path[1]));
    document.title = [this.route.path[1], page?.title, 'vsmmu'].filter(Boolean).join(' · ');
    return html`
      <a class="skip" href="#main" @click=${this.skip}>Skip to the content</a>
      <header>
        <strong>vsmmu</strong>
        <nav aria-label="Views">
          ${PAGES.filter((it) => it.title).map(
            (it) =>
              html`<a href=${href(it.path ? [it.path] : [])} aria-current=${it.path === first ? 'page' : nothing}
                >${it.title}</a
              >`,
          )}
        </nav>
        ${session()
          ? html`<span class="quiet" title="The role of this session">${session().subject} (${session().role})</span>
              <button class="plain" @click=${this.leave}>Sign out</button>`
          : nothing}
        <button class="plain" title="Keys (?)" @click=${this.showKeys}>Keys</button>
      </header>
      <vs-keys></vs-keys>
      <main id="main" tabindex="-1">${this.view(page)}</main>
      <vs-drop></vs-drop>
    `;
  }

  /**
   * Each view is an element that is kept while its parameters change. The frame is painted before
   * the modules of the view have arrived.
   */
  view(page) {
    if (session() === undefined) {
      return this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing;
    }
    if (session() === null) {
      return html`<vs-sign-in></vs-sign-in>`;
    }
    if (!page) {
      return html`<div class="empty">There is no view at this address. <a href="#/">All vSMMUs</a></div>`;
    }
    if (!this.modules.has(page.tag, () => import(page.module))) {
      const problem = this.modules.problem(page.tag);
      return problem ? html`<vs-problem .problem=${problem}></vs-problem>` : nothing;
    }
    if (this.shown?.localName !== page.tag) {
      this.shown = document.createElement(page.tag);
    }
    this.shown.route = this.route;
    return this.shown;
  }

  async leave() {
    await signOut().catch((problem) => (this.problem = problem));
  }

  showKeys() {
    this.renderRoot.querySelector('vs-keys').show();
  }

  /** The link's own address is a fragment, which would be taken for a view's. */
  skip(event) {
    event.preventDefault();
    this.renderRoot.querySelector('main').focus();
  }
}

customElements.define('vs-app', AppElement);
