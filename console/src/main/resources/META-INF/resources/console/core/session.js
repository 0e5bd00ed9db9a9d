/**
 * Who looks at the page: a session that a one-time code or a token has begun. Its secret is a cookie
 * that no script can read.
 */
import { UNAUTHENTICATED, address, parsed, reached } from './api.js';

/** The window's event after a session has begun or ended. */
export const SESSION = 'vsmmu-session';

/** What ./vsmmu console prints: a code, and behind it the address of a view. */
const CODE = /^#code=([^/?&]+)(.*)$/;

const ROLES = ['viewer', 'operator', 'admin'];

/**
 * @typedef {{subject: string, role: string, vms?: string[]}} Session
 * @type {Session | null | undefined} undefined while it is unknown
 */
let session;

let codeRefused = false;

/** The session; null without one, undefined while it is unknown. */
export function current() {
  return session;
}

/** Whether the page was opened with a code that was used before or is too old. */
export function openedWithOldCode() {
  return codeRefused;
}

/**
 * Finds out who looks at the page. A code in the address is used once and removed from it before
 * anything else, so that neither the history nor a copied link has it.
 */
export async function begin() {
  const code = CODE.exec(location.hash);
  if (code) {
    history.replaceState(null, '', code[2] ? `#${code[2]}` : '#/');
    dispatchEvent(new HashChangeEvent('hashchange'));
    try {
      return await signIn(code[1]);
    } catch (problem) {
      if (problem.unreached) {
        throw problem;
      }
      // The code was used or is too old: a session that was begun before it goes on.
      codeRefused = problem.status === 401;
    }
  }
  try {
    set(await parsed(await reached(fetch(address('/session')))));
  } catch (problem) {
    if (problem.status !== 401) {
      throw problem;
    }
    set(null);
  }
}

/** Begins a session with a token or a one-time code. */
export async function signIn(secret) {
  const answer = fetch(address('/session'), {
    method: 'POST',
    headers: { Accept: 'application/json', Authorization: `Bearer ${secret}` },
  });
  const begun = await parsed(await reached(answer));
  codeRefused = false;
  set(begun);
}

/** Ends the session, also for other pages of the browser. */
export async function signOut() {
  await parsed(await reached(fetch(address('/session'), { method: 'DELETE' })));
  set(null);
}

/**
 * Why the session may not do something, for the title of what is disabled; null if it may.
 *
 * @param {'viewer' | 'operator' | 'admin'} role the least role
 * @param {{whole?: boolean}} [reach] whole: it concerns the whole service and not one VM
 */
export function refusal(role, { whole = false } = {}) {
  if (!session) {
    return null;
  }
  if (ROLES.indexOf(session.role) < ROLES.indexOf(role)) {
    return `This needs the role ${role}; ${session.subject} is ${session.role}`;
  }
  if (whole && session.vms) {
    return `This concerns all VMs; ${session.subject} may see ${session.vms.join(', ')}`;
  }
  return null;
}

/** A request was refused for want of a session: it has ended, or its token was revoked. */
addEventListener(UNAUTHENTICATED, () => {
  if (session) {
    set(null);
  }
});

function set(next) {
  session = next;
  dispatchEvent(new Event(SESSION));
}
