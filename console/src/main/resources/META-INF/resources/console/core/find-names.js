import { get } from './api.js';

/**
 * The names of the language of conditions (docs/find.md), for completion.
 *
 * @typedef {{name: string, type: string, meaning: string, key?: string, values?: string[], members?: Name[]}} Name
 * @typedef {{text: string, shown: string, meaning: string, start: number, more: boolean}} Completion text
 *     replaces what stands from `start` to the caret; more: whether something has to follow it
 */

/** Completions that are offered at once. */
const OFFERED = 60;

let asked = null;

/** @returns {Promise<{state: Name[], event: Name[]}>} asked for once, and again after a failure */
export function findNames() {
  asked ??= get('/find-names').catch((failure) => {
    asked = null;
    throw failure;
  });
  return asked;
}

/** Words of the language that stand where a name does. */
const WORDS = [
  ['changed(', 'whether a value differs from that before the event'],
  ['any(', 'whether a condition holds for one of the items: any(streams, effective == "ABORT")'],
  ['all(', 'whether a condition holds for every item'],
  ['count(', 'how many items there are, or of how many a condition holds'],
  ['not ', 'the condition does not hold'],
];

/** A path up to the caret: names, and keys in brackets. */
const PATH = /(?:[A-Za-z_]\w*(?:\[(?:"[^"]*"|'[^']*'|\w+)\])*\.)*(?:[A-Za-z_]\w*)?(?:\[(?:"[^"]*|'[^']*|\w*)?)?$/;

/** A comparison whose right side begins at the caret. */
const COMPARISON = /([A-Za-z_][\w.[\]"']*)\s*(?:==|!=|contains)\s*(["']?)(\w*)$/;

/**
 * What can stand at the caret.
 *
 * @param {{state: Name[], event: Name[]}} names
 * @param {string} text the expression up to the caret
 * @param {string[]} sids StreamIDs of the vSMMU
 * @returns {Completion[]}
 */
export function completions(names, text, sids) {
  const compared = COMPARISON.exec(text);
  if (compared) {
    return values(names, compared, text);
  }
  const path = PATH.exec(text)?.[0] ?? '';
  const bracket = /^(.*)\[(["']?)(\w*)$/.exec(path);
  if (bracket) {
    return keys(names, bracket, text, sids);
  }
  const cut = path.lastIndexOf('.') + 1;
  const begun = path.slice(cut);
  const members = cut === 0 ? roots(names, text) : below(names, path.slice(0, cut - 1));
  return members
    .filter((it) => it.name.toLowerCase().startsWith(begun.toLowerCase()) && it.name !== begun)
    .slice(0, OFFERED)
    .map((it) => ({
      text: it.name,
      shown: it.key ? `${it.name}[${it.key}]` : it.name,
      meaning: it.type ? `${it.type}: ${it.meaning}` : it.meaning,
      start: text.length - begun.length,
      more: Boolean(it.members) && it.type !== 'items',
    }));
}

/** What an expression begins with; within any, all and count the names of an item stand alone too. */
function roots(names, text) {
  const inner = /(?:any|all|count)\(\s*([A-Za-z_][\w.[\]"']*)\s*,[^()]*$/.exec(text);
  const items = inner ? find(names, inner[1])?.members : null;
  return [
    ...(items ?? []),
    ...names.state,
    { name: 'event', type: 'group', meaning: 'the event itself', members: names.event },
    ...WORDS.map(([name, meaning]) => ({ name, meaning })),
  ];
}

/** The name that a path leads to; keys in brackets lead to an item of the same shape. */
function find(names, path) {
  const parts = path.replace(/\[[^\]]*\]?/g, '').split('.');
  let members = [...names.state, { name: 'event', type: 'group', members: names.event }];
  let found = null;
  for (const part of parts) {
    found = members?.find((it) => it.name === part) ?? null;
    members = found?.members;
  }
  return found;
}

function below(names, path) {
  return find(names, path)?.members ?? [];
}

function keys(names, [, path, quote, begun], text, sids) {
  if (find(names, path)?.key !== 'sid') {
    return [];
  }
  return sids
    .filter((sid) => sid.startsWith(begun))
    .map((sid) => ({
      text: `"${sid}"]`,
      shown: `["${sid}"]`,
      meaning: 'StreamID',
      start: text.length - begun.length - quote.length,
      more: true,
    }));
}

function values(names, [, path, quote, begun], text) {
  return (find(names, path)?.values ?? [])
    .filter((value) => value.toLowerCase().startsWith(begun.toLowerCase()) && value !== begun)
    .slice(0, OFFERED)
    .map((value) => ({
      text: `"${value}"`,
      shown: value,
      meaning: '',
      start: text.length - begun.length - quote.length,
      more: false,
    }));
}
