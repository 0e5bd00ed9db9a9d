/**
 * The imports that this page has sent. They go on while its views change, and end when it is left.
 */
import { Problem, address, get, parsed, path, reached, remove } from './api.js';

/** The first bytes of an exported log; every other file is read as a trace. */
const MAGIC = 'VSMMULOG';

/** Between two questions about the progress, in milliseconds. */
const PAUSE = 500;

/**
 * @typedef {object} SentImport
 * @property {string} id by which the service knows it
 * @property {string} file name of the file
 * @property {number} size in bytes
 * @property {'WAITING' | 'RUNNING' | 'DONE' | 'REFUSED' | 'STOPPED'} status
 * @property {object | null} progress the service's Import
 * @property {object | null} result the service's Recording
 * @property {Error | null} problem why it was refused
 */

/** Newest first. */
const sent = [];

/** @type {Set<() => void>} */
const listeners = new Set();

/** One at a time: the files of one drop are of one interest, and the service's own room is for others too. */
let queue = Promise.resolve();

/** @returns {SentImport[]} newest first */
export function sentImports() {
  return sent;
}

/** @returns {() => void} ends it */
export function onImports(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Imports files one after the other.
 *
 * @param {Iterable<File>} files
 * @param {string} [name] what to call their vSMMUs; they are called after the file by default
 */
export function importFiles(files, name = '') {
  for (const file of files) {
    const it = {
      id: randomId(),
      file: file.name,
      size: file.size,
      status: 'WAITING',
      progress: null,
      result: null,
      problem: null,
      abort: new AbortController(),
    };
    sent.unshift(it);
    queue = queue.then(() => run(it, file, name));
  }
  changed();
}

/** Stops an import of this page or of another client. */
export async function stopImport(id) {
  const own = sent.find((it) => it.id === id);
  if (own?.status === 'WAITING') {
    finish(own, 'STOPPED');
    return;
  }
  if (!own) {
    await remove(path('recordings', id));
    return;
  }
  // The service may not know it yet, or not any more; it learns it when the connection closes.
  await remove(path('recordings', id)).catch(() => {});
  own.abort.abort();
}

async function run(it, file, name) {
  if (it.status !== 'WAITING') {
    return;
  }
  it.status = 'RUNNING';
  changed();
  const timer = setInterval(() => look(it), PAUSE);
  try {
    const format = await formatOf(file);
    const url = address('/recordings', { format, name, file: file.name, id: it.id });
    const response = await reached(
      fetch(url, {
        method: 'POST',
        headers: { Accept: 'application/json', 'Content-Type': 'application/octet-stream' },
        body: file,
        signal: it.abort.signal,
      }),
    );
    it.result = await parsed(response);
    finish(it, 'DONE');
  } catch (problem) {
    if (problem.name === 'AbortError') {
      finish(it, 'STOPPED');
    } else {
      await look(it);
      it.problem = said(it, problem);
      finish(it, 'REFUSED');
    }
  } finally {
    clearInterval(timer);
    await look(it);
  }
}

/**
 * A service that refuses a file before its end closes the connection, which a browser reports as one
 * that was never reached; the service's list of imports has the reason.
 */
function said(it, problem) {
  const failure = it.progress?.failure;
  return problem.status || !failure ? problem : new Problem({ title: 'The recording was refused', detail: failure });
}

function finish(it, status) {
  it.status = status;
  changed();
}

async function look(it) {
  const list = await get('/recordings').catch(() => ({ items: [] }));
  it.progress = list.items.find((known) => known.id === it.id) ?? it.progress;
  changed();
}

/** @throws {Problem} if the file cannot be read, as a folder cannot */
async function formatOf(file) {
  try {
    const start = await file.slice(0, MAGIC.length).text();
    return start === MAGIC ? 'vsmmu' : 'qemu-trace';
  } catch {
    throw new Problem({ title: 'The file cannot be read', detail: `${file.name} cannot be read: is it a folder?` });
  }
}

/** A UUID; browsers have crypto.randomUUID on loopback and over TLS only. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((it) => it.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

// An import ends with its page: the browser asks before it leaves.
addEventListener('beforeunload', (event) => {
  if (sent.some((it) => it.status === 'RUNNING' || it.status === 'WAITING')) {
    event.preventDefault();
  }
});

function changed() {
  listeners.forEach((listener) => listener());
}
