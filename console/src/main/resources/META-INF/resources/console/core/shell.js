/**
 * What a view shows, as it is asked for in a shell: with the command line (docs/cli.md) and with
 * curl. Each value is one word of a POSIX shell, whatever a guest or a recording put into it.
 */
import { address } from './api.js';

/** The service that ./vsmmu asks when no --url is given. */
const DEFAULT_SERVICES = ['http://127.0.0.1:8080', 'http://localhost:8080'];

/** Words that no shell takes apart or replaces. */
const PLAIN = /^[A-Za-z0-9_/:.,@%+-][A-Za-z0-9_/:.,@%+=-]*$/;

/** The shell replaces the variable: no secret is in what is copied (docs/service.md, Access). */
const AUTHORIZATION = '-H "Authorization: Bearer $VSMMU_TOKEN"';

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** A text as one word of a shell; control characters, which a terminal would obey, are escaped. */
export function quoted(text) {
  const word = String(text);
  if (PLAIN.test(word)) {
    return word;
  }
  return CONTROL.test(word) ? `$'${escaped(word)}'` : `'${word.replaceAll("'", "'\\''")}'`;
}

/** For bash, zsh and POSIX 2024's $'...'; UTF-8 bytes, because \u is not in every shell. */
function escaped(word) {
  return word.replace(/[\u0000-\u001f\u007f-\u009f'\\!]/g, (character) =>
    [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  );
}

/**
 * A command of ./vsmmu.
 *
 * @typedef {object} Command
 * @property {string[]} words the command, such as `['notes', 'add']`
 * @property {(string | number)[]} [values] its arguments
 * @property {Record<string, string | number | boolean | string[] | null | undefined>} [options] by name without dashes;
 *     true is an option without a value, those without a value are left out, of an array each is given
 */

/**
 * @param {Command} command
 * @param {string} [service] origin of the service; --url is given unless it is the default one
 */
export function commandLine({ words, values = [], options = {} }, service = location.origin) {
  const given = Object.entries(options).flatMap(([name, value]) => option(`--${name}`, value));
  if (!DEFAULT_SERVICES.includes(service)) {
    given.push('--url', quoted(service));
  }
  // Behind "--" nothing is an option, such as a condition that begins with a minus.
  const late = values.some((it) => String(it).startsWith('-'));
  const rest = values.map(quoted);
  return ['./vsmmu', ...words, ...(late ? [...given, '--', ...rest] : [...rest, ...given])].join(' ');
}

function option(name, value) {
  if (value === true) {
    return [name];
  }
  if (value === false || value === null || value === undefined || value === '') {
    return [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((it) => option(name, it));
  }
  return String(value).startsWith('-') ? [`${name}=${quoted(value)}`] : [name, quoted(value)];
}

/**
 * A request of the REST interface.
 *
 * @typedef {object} Request
 * @property {string} [method] GET if it is absent
 * @property {string} resource as api.js's path gives it
 * @property {Record<string, unknown>} [query]
 * @property {unknown} [body] sent as JSON
 * @property {string} [upload] name of a file that is the body
 * @property {string} [output] name of a file that takes the answer
 */

/** @param {Request} request */
export function curl({ method = 'GET', resource, query, body, upload, output }, service = location.origin) {
  const words = ['curl', '-sS', AUTHORIZATION];
  if (service.includes('[')) {
    // curl takes the brackets of an IPv6 address for a range of addresses.
    words.push('-g');
  }
  if (method !== 'GET') {
    words.push('-X', method);
  }
  if (body !== undefined) {
    words.push('-H', quoted('Content-Type: application/json'), '-d', quoted(JSON.stringify(body)));
  }
  if (upload !== undefined) {
    words.push('-T', quoted(upload));
  }
  if (output !== undefined) {
    words.push('-o', quoted(output));
  }
  return [...words, quoted(service + address(resource, query))].join(' ');
}
