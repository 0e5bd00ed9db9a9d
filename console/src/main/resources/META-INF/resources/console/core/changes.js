import { css } from 'lit';

/**
 * What the parts of the state are drawn from.
 *
 * @typedef {object} Moment
 * @property {string} vsmmu its name
 * @property {number} position of the last event in the state
 * @property {object} state the answer of GET .../state
 * @property {Changes} changes what that event changed
 * @property {boolean} only whether only what changed is shown
 * @property {import('./architecture.js').Architecture} tables
 */

/** What an event changed in the state: the answer of GET .../diff, by section, item and field. */
export class Changes {
  /** @param {object | null} diff null if there is nothing to compare with */
  constructor(diff) {
    this.sections = diff?.sections ?? {};
  }

  /**
   * @param {string} section as `registers`
   * @param {string | number | null} item StreamID or handle; null in a section without items
   * @param {string} [field] without one, any of the item
   * @returns {{before: unknown, after: unknown} | null} null if it is as it was
   */
  of(section, item, field) {
    const wanted = item === null ? null : String(item);
    return (
      (this.sections[section] ?? []).find(
        (it) =>
          it.item === wanted && (field === undefined || it.field === field || (wanted !== null && it.field === '')),
      ) ?? null
    );
  }

  /** How many values of the sections changed. */
  count(...sections) {
    return sections.reduce((sum, section) => sum + (this.sections[section]?.length ?? 0), 0);
  }
}

/** What a changed value was before, for its title; empty if it is as it was. */
export function wasText(change) {
  if (!change) {
    return '';
  }
  const before = change.before;
  return before === null || before === undefined
    ? 'was unknown'
    : typeof before === 'object'
      ? 'was different'
      : `was ${before}`;
}

/** How the parts of a moment look: values that changed, tables without empty columns. */
export const momentStyle = css`
  :host {
    display: block;
  }
  h3 {
    margin-top: 12px;
  }
  .changed {
    color: var(--text);
    background: var(--mark);
    border-radius: 2px;
    box-shadow: 0 0 0 2px var(--mark);
  }
  .was {
    color: var(--quiet);
    font-size: 0.93em;
    white-space: nowrap;
  }
  td.narrow,
  th.narrow {
    width: 1%;
    white-space: nowrap;
  }
  tr[aria-selected='true'],
  tr.selected {
    background: var(--accent-ground);
  }
`;
