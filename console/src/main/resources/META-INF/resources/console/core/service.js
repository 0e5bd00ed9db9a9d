import { parsed, reached } from './api.js';

/** Between two looks at the service's health, in milliseconds. */
const PAUSE = 3000;

/**
 * How the service is, asked for again while its host element is shown: `status`, `log` (lagEvents,
 * lagBytes, lagSeconds, journalFreeBytes) and `models` (position); null while unknown.
 */
export class Service {
  /** @param {import('lit').ReactiveControllerHost} host */
  constructor(host) {
    this.host = host;
    this.status = '';
    this.log = null;
    this.models = null;
    host.addController(this);
  }

  hostConnected() {
    this.look();
  }

  hostDisconnected() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  async look() {
    this.timer = setTimeout(() => this.look(), PAUSE);
    const health = await answer().catch(() => null);
    this.status = health?.status ?? '';
    this.log = health?.components?.logWriter?.details ?? null;
    this.models = health?.components?.projector?.details ?? null;
    this.host.requestUpdate();
  }
}

/** A service that is not well answers 503 with the same body, which is no problem detail. */
async function answer() {
  const response = await reached(fetch('/actuator/health'));
  return response.status === 503 ? response.json() : parsed(response);
}
