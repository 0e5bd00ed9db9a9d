import { Problem } from './api.js';

/** Milliseconds before a module that could not be loaded is asked for again. */
const RETRY = 3000;

/** Loads the modules of elements when these are first shown; one that is not reached is asked for again. */
export class Modules {
  /** @param {import('lit').ReactiveControllerHost} host updated when a module has arrived or was not reached */
  constructor(host) {
    this.host = host;
    /** @type {Set<string>} */
    this.asked = new Set();
    /** By tag. @type {Map<string, Problem>} */
    this.failed = new Map();
    host.addController(this);
  }

  hostConnected() {}

  /**
   * Whether an element is defined; if not, its module is asked for.
   *
   * @param {string} tag
   * @param {() => Promise<unknown>} load imports the module
   */
  has(tag, load) {
    if (customElements.get(tag)) {
      return true;
    }
    if (!this.asked.has(tag)) {
      this.asked.add(tag);
      this.ask(tag, load);
    }
    return false;
  }

  /** What is wrong with the module of an element that is not defined; null while it is loaded. */
  problem(tag) {
    return this.failed.get(tag) ?? null;
  }

  async ask(tag, load) {
    try {
      await load();
      this.failed.delete(tag);
    } catch (failure) {
      const detail = `A part of the page could not be loaded (${failure.message}). Start the service with ./vsmmu serve if it was stopped; the page asks again every ${RETRY / 1000} seconds.`;
      this.failed.set(tag, new Problem({ title: 'A part of the page is missing', detail }));
      setTimeout(() => this.ask(tag, load), RETRY);
    }
    this.host.requestUpdate();
  }
}
