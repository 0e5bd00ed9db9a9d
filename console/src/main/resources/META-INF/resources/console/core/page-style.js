import { css } from 'lit';

/** What the pages beside that of a vSMMU share: their margins, and the line with their heading. */
export const pageStyle = css`
  :host {
    display: block;
    padding: 12px 16px;
  }
  .head {
    justify-content: space-between;
    margin-bottom: var(--gap);
  }
  h1 {
    margin: 0;
  }
`;
