/**
 * Where the page is: the fragment of its address, `#/vsmmus/NAME?at=65&from=1&to=900`. Every view is
 * written there and nowhere else, so that a copied address shows a colleague the same view, and the
 * browser's back and forward move between views.
 *
 * @typedef {{path: string[], query: Record<string, string>}} Route
 */

import { queryText } from './query-text.js';

/** @returns {Route} the parts of the path, decoded, and the parameters */
export function current() {
  const text = location.hash.startsWith('#/') ? location.hash.slice(2) : '';
  const [path, query = ''] = split(text, '?');
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/**
 * The address of a view, for a link.
 *
 * @param {string[]} path
 * @param {Record<string, string | number | null | undefined>} [query] parameters without a value are left out
 */
export function href(path, query = {}) {
  return `#/${path.map(encodeURIComponent).join('/')}${queryText(query)}`;
}

/** Shows another view; the browser's back button returns to this one. */
export function go(path, query = {}) {
  location.hash = href(path, query);
}

/**
 * Changes parameters of this view and keeps the others; null removes one.
 *
 * @param {Record<string, string | number | null | undefined>} patch
 * @param {{replace?: boolean}} [how] replace: without an entry in the browser's history, for what
 *     changes many times a second, such as a scrubbed cursor
 */
export function change(patch, { replace = false } = {}) {
  const { path, query } = current();
  const next = href(path, { ...query, ...patch });
  if (next === location.hash) {
    return;
  }
  if (replace) {
    history.replaceState(null, '', next);
    notify();
  } else {
    location.hash = next;
  }
}

/** The address of this view with other parameters, for a link. */
export function hrefWith(patch) {
  const { path, query } = current();
  return href(path, { ...query, ...patch });
}

/** @type {Set<(route: Route) => void>} */
const listeners = new Set();

/**
 * Calls the listener after every change of the view.
 *
 * @returns {() => void} ends it
 */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

addEventListener('hashchange', notify);

function notify() {
  const route = current();
  listeners.forEach((listener) => listener(route));
}

function split(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** A malformed escape, as in an address typed by hand, stays as it is. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
