import { LitElement, css, html, nothing } from 'lit';
import { path, post, remove } from '../core/api.js';
import { absolute, ago } from '../core/format.js';
import { bind } from '../core/keyboard.js';
import { Query } from '../core/query.js';
import { hrefWith } from '../core/route.js';
import { refusal } from '../core/session.js';
import { sharedStyle } from '../core/shared-style.js';
import '../element/vs-copy.js';
import '../element/vs-dialog.js';
import '../element/vs-position.js';
import '../element/vs-problem.js';

/** The longest text of a note, as the interface takes it. */
const TEXT = 4000;

/** Notes of a page. */
const PAGE = 100;

/** Notes and bookmarks of a vSMMU: written at the cursor, each leads to its moment. */
class NotesPanel extends LitElement {
  static properties = {
    vsmmu: { attribute: false },
    at: { attribute: false },
    query: { attribute: false },
    problem: { state: true },
    deleting: { state: true },
    busy: { state: true },
  };

  static styles = [
    sharedStyle,
    css`
      :host {
        display: block;
      }
      form {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 6px 10px;
        align-items: start;
        margin-bottom: 12px;
      }
      textarea {
        width: 100%;
        min-height: 3.4em;
        resize: vertical;
      }
      .text {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      /* A bookmark of 128 characters breaks within the column. */
      .badge {
        white-space: normal;
        overflow-wrap: anywhere;
      }
      .narrow {
        width: 1%;
        white-space: nowrap;
      }
      td.act {
        text-align: right;
        padding-right: 0;
      }
    `,
  ];

  notes = new Query(
    this,
    () => this.vsmmu && [path('vsmmus', this.vsmmu.id, 'notes'), { after: this.query?.['notes.after'], limit: PAGE }],
  );

  connectedCallback() {
    super.connectedCallback();
    const write = { keys: ['n'], where: 'Notes', what: 'Write a note at the cursor' };
    this.unbind = bind([{ ...write, run: () => this.renderRoot.querySelector('#text')?.focus() }]);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unbind();
  }

  /** The position that a new note is about. */
  get position() {
    return this.at ?? this.vsmmu?.position;
  }

  render() {
    const { value, problem } = this.notes;
    return html`${this.position ? this.form() : html`<p class="quiet">A note is about an event, and there is none yet.</p>`}
      ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}
      ${problem ? html`<vs-problem .problem=${problem}></vs-problem>` : nothing} ${value ? this.list(value) : nothing}
      ${this.question()}`;
  }

  form() {
    const { name } = this.vsmmu;
    return html`<form @submit=${this.write}>
      <label for="text">Note at ${this.position}</label>
      <textarea id="text" maxlength=${TEXT} placeholder="What happens here" @keydown=${this.key}></textarea>
      <label for="bookmark">Bookmark</label>
      <div class="row">
        <input
          id="bookmark"
          maxlength="128"
          pattern="[A-Za-z0-9._\\-]+"
          title="Letters, digits, '.', '_' and '-'"
          placeholder="Name of the moment (optional)"
        />
        <button class="primary" ?disabled=${this.busy || refusal('operator')} title=${refusal('operator') ?? nothing}>
          Write the note
        </button>
        <vs-copy
          .command=${[
            { words: ['notes', 'list'], values: [name] },
            { words: ['notes', 'add'], values: [name, this.position, 'TEXT'] },
          ]}
          .request=${{ resource: path('vsmmus', name, 'notes') }}
        ></vs-copy>
      </div>
    </form>`;
  }

  list({ items, next }) {
    if (items.length === 0) {
      return html`<div class="empty">
        No notes yet. Move the cursor to an event and write what happens there; an export takes the notes along.
      </div>`;
    }
    return html`<table>
        <thead>
          <tr>
            <th>Position</th>
            <th>Note</th>
            <th>Written</th>
            <th><span class="unseen">Act</span></th>
          </tr>
        </thead>
        <tbody>
          ${items.map(
            (it) =>
              html`<tr>
                <td class="narrow"><vs-position .position=${it.position}></vs-position></td>
                <td>
                  ${it.bookmark ? html`<span class="badge">${it.bookmark}</span>` : nothing}
                  <span class="text">${it.text}</span>
                </td>
                <td class="quiet"><span title=${absolute(it.written)}>${ago(it.written)}</span><br />${it.author}</td>
                <td class="act">
                  <button
                    aria-label="Delete the note at ${it.position}"
                    ?disabled=${refusal('operator')}
                    title=${refusal('operator') ?? nothing}
                    @click=${() => (this.deleting = it)}
                  >
                    Delete
                  </button>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${next === null ? nothing : html`<a href=${hrefWith({ 'notes.after': next })}>Later notes</a>`}`;
  }

  question() {
    const it = this.deleting;
    return html`<vs-dialog
      ?open=${Boolean(it)}
      ?busy=${this.busy}
      heading="Delete the note at ${it?.position ?? ''}?"
      act="Delete"
      @cancel=${() => (this.deleting = null)}
      @confirm=${this.forget}
    >
      ${it
        ? html`<p class="text">${it.bookmark ? `${it.bookmark}: ` : ''}${it.text}</p>
            <p>The note is gone for everybody and cannot be restored. The log does not change.</p>`
        : nothing}
    </vs-dialog>`;
  }

  /** Ctrl+Enter writes the note, because Enter begins a line. */
  key(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      this.write(event);
    }
  }

  async write(event) {
    event.preventDefault();
    const text = this.renderRoot.querySelector('#text');
    const bookmark = this.renderRoot.querySelector('#bookmark');
    await this.doing(async () => {
      await post(path('vsmmus', this.vsmmu.id, 'notes'), {
        position: String(this.position),
        ...(text.value ? { text: text.value } : {}),
        ...(bookmark.value ? { bookmark: bookmark.value } : {}),
      });
      text.value = '';
      bookmark.value = '';
    });
  }

  async forget() {
    await this.doing(() => remove(path('vsmmus', this.vsmmu.id, 'notes', this.deleting.id)));
    this.deleting = null;
  }

  async doing(change) {
    this.busy = true;
    this.problem = null;
    try {
      await change();
      this.notes.refresh();
    } catch (problem) {
      this.problem = problem;
    }
    this.busy = false;
  }
}

customElements.define('notes-panel', NotesPanel);
