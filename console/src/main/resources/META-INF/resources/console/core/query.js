import { REACHED, get } from './api.js';

/**
 * What an element shows of the service: asks when its question changes, keeps the last answer until
 * the next one has arrived, and drops answers to questions that are not current any more. A question
 * that did not reach the service is asked again when it answers.
 *
 *     state = new Query(this, () => this.vsmmu && [path('vsmmus', this.vsmmu, 'state'), { at: this.at }]);
 *     render() { return this.state.value ? ... : this.state.problem ? ... : 'Loading'; }
 */
export class Query {
  /**
   * @param {import('lit').ReactiveControllerHost} host
   * @param {() => [string, object?] | null | undefined | false} question resource and parameters; nothing to ask nothing
   */
  constructor(host, question) {
    this.host = host;
    this.question = question;
    this.value = null;
    this.problem = null;
    this.loading = false;
    this.reached = () => this.problem?.unreached && this.refresh();
    host.addController(this);
  }

  hostConnected() {
    addEventListener(REACHED, this.reached);
  }

  hostUpdate() {
    const question = this.question() || null;
    const key = JSON.stringify(question);
    if (key !== this.key) {
      this.key = key;
      this.ask(question);
    }
  }

  /** Asks the same question again, such as after a change. */
  refresh() {
    this.ask(this.question() || null);
  }

  hostDisconnected() {
    removeEventListener(REACHED, this.reached);
    this.abort?.abort();
    this.key = undefined;
  }

  async ask(question) {
    this.abort?.abort();
    if (!question) {
      this.value = null;
      this.problem = null;
      this.loading = false;
      return;
    }
    const abort = new AbortController();
    this.abort = abort;
    this.loading = true;
    this.progress = null;
    try {
      const value = await get(question[0], question[1], {
        signal: abort.signal,
        onProgress: (progress) => {
          this.progress = progress;
          this.host.requestUpdate();
        },
      });
      this.finish(abort, value, null);
    } catch (failure) {
      if (failure.name !== 'AbortError') {
        this.finish(abort, null, failure);
      }
    }
  }

  /** Stops waiting for the answer; a job behind it is cancelled. */
  stop() {
    this.abort?.abort();
    this.loading = false;
    this.host.requestUpdate();
  }

  finish(abort, value, problem) {
    if (abort === this.abort) {
      this.value = value;
      this.problem = problem;
      this.loading = false;
      this.host.requestUpdate();
    }
  }
}
