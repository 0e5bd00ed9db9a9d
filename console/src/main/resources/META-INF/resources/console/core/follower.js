import { address, path } from './api.js';

/** Least milliseconds between two looks at a log that is followed. */
export const PAUSE = 350;

/** Milliseconds before a stream that could not be opened is tried again; doubles up to the second figure. */
const RETRY = [500, 8000];

/**
 * Notices that a log has grown. It waits for the first event behind the newest known one, closes
 * the stream of events, lets the page look, and waits again: it reads a few events for each look,
 * however fast the log grows, and keeps none.
 */
export class Follower {
  /**
   * @param {string} vsmmu
   * @param {() => Promise<number | null>} look at the log; gives the position of its newest event
   * @param {(reached: boolean) => void} report whether the service is reached
   * @param {() => void} gone the vSMMU does not exist any more, and is not looked at again
   */
  constructor(vsmmu, look, report, gone) {
    this.vsmmu = vsmmu;
    this.look = look;
    this.report = report;
    this.gone = gone;
    this.abort = new AbortController();
    this.run();
  }

  stop() {
    this.abort.abort();
  }

  async run() {
    const { signal } = this.abort;
    let retry = RETRY[0];
    while (!signal.aborted) {
      try {
        const newest = await this.look();
        this.report(true);
        retry = RETRY[0];
        const begun = performance.now();
        await this.nextEvent(newest);
        await pause(begun + PAUSE - performance.now());
      } catch (failure) {
        if (!signal.aborted && failure.status === 404) {
          this.stop();
          this.gone();
        } else if (!signal.aborted) {
          this.report(false);
          await pause(retry);
          retry = Math.min(RETRY[1], 2 * retry);
        }
      }
    }
  }

  /** Waits for an event behind a position; the stream's end, after an hour, is as good. */
  async nextEvent(after) {
    const opened = new AbortController();
    const end = () => opened.abort();
    this.abort.signal.addEventListener('abort', end);
    try {
      const url = address(`${path('vsmmus', this.vsmmu)}/events:stream`, { after });
      const response = await fetch(url, { signal: opened.signal, headers: { Accept: 'text/event-stream' } });
      if (!response.ok) {
        throw new Error(`The stream of events answers ${response.status}`);
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        // Lines that begin with a colon are comments, which keep the stream alive.
        if (done || value.split('\n').some((line) => line !== '' && !line.startsWith(':'))) {
          return;
        }
      }
    } finally {
      this.abort.signal.removeEventListener('abort', end);
      end();
    }
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
