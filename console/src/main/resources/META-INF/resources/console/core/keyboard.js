/**
 * The keys of the page: one table, which the overlay of `?` prints. An element binds its keys while
 * it is on the page. No key does anything while a field is typed in, or when the element that has
 * the focus has used it itself (`preventDefault`).
 *
 * @typedef {object} Key
 * @property {string[]} keys as KeyboardEvent.key names them, with `Shift+` before a named key
 * @property {string} where the part of the page
 * @property {string} what what it does, as the overlay says it
 * @property {(event: KeyboardEvent) => void} run
 */

/** @type {Set<Key>} */
const bound = new Set();

/**
 * @param {Key[]} keys
 * @returns {() => void} takes them off the table
 */
export function bind(keys) {
  keys.forEach((key) => bound.add(key));
  return () => keys.forEach((key) => bound.delete(key));
}

/** The table, in the order in which keys were bound. @returns {Key[]} */
export function keys() {
  return [...bound];
}

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event)) {
    return;
  }
  const named = event.key.length > 1 && event.shiftKey ? `Shift+${event.key}` : event.key;
  const key = [...bound].find((it) => it.keys.includes(named));
  if (key) {
    event.preventDefault();
    key.run(event);
  }
});

/** Whether the key is meant for a field, or for an open dialog. */
function typing(event) {
  return event
    .composedPath()
    .some((it) => it instanceof HTMLElement && (it.isContentEditable || it.matches('input, textarea, select, dialog')));
}
