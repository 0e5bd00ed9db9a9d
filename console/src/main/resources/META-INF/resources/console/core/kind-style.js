import { css } from 'lit';

/** The colours of what happens, as words of a list; the timeline has the same ones. */
export const kindStyle = css`
  .access {
    color: var(--kind-access);
  }
  .command {
    color: var(--kind-command);
  }
  .host {
    color: var(--kind-host);
  }
  .stream {
    color: var(--kind-stream);
  }
`;
