import { css } from 'lit';

const LABEL_WIDTH = 132;

/** What the timeline's element looks like. */
export const timelineStyle = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    overflow: hidden;
    --labels: ${LABEL_WIDTH}px;
  }
  .strip {
    display: flex;
    flex: none;
    background: var(--panel);
  }
  .strip.axis {
    border-bottom: 1px solid var(--line);
  }
  .strip.minimap {
    border-top: 1px solid var(--line);
  }
  .corner {
    flex: none;
    width: var(--labels);
    display: flex;
    align-items: center;
    gap: 2px;
    padding: 0 4px;
    border-right: 1px solid var(--line);
    font-size: 11px;
  }
  .corner select,
  .corner button {
    font-size: 11px;
    padding: 0 2px;
    line-height: 16px;
    border-color: transparent;
    background: none;
  }
  .corner select {
    width: 74px;
  }
  .corner button[aria-pressed='true'] {
    background: var(--accent-ground);
  }
  /* The cursor's handle at the newest event is as wide as any other. */
  .plot {
    position: relative;
    flex: 1;
    min-width: 0;
    overflow: hidden;
    margin-right: 7px;
  }
  canvas {
    display: block;
    position: absolute;
    inset: 0 auto auto 0;
  }
  .lanes {
    flex: 1;
    min-height: 0;
    overflow: hidden auto;
    position: relative;
  }
  .body {
    display: flex;
    position: relative;
    min-height: 100%;
  }
  .labels {
    flex: none;
    width: var(--labels);
    border-right: 1px solid var(--line);
    background: var(--panel);
    font-size: 11px;
  }
  .label {
    display: flex;
    align-items: center;
    padding: 0 6px;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .label.name {
    font-weight: 600;
  }
  .label button {
    font: 11px var(--mono);
    line-height: 1;
    padding: 0 2px;
    text-decoration: none;
    color: var(--text);
  }
  .label button[aria-pressed='true'] {
    background: var(--accent-ground);
  }
  .swatch {
    flex: none;
    width: 8px;
    height: 8px;
    margin-right: 5px;
  }
  .events {
    cursor: crosshair;
    touch-action: pan-y;
  }
  .events.moving {
    cursor: grabbing;
  }
  .overlay {
    position: absolute;
    inset: 0 0 0 calc(var(--labels) + 1px);
    overflow: hidden;
    pointer-events: none;
  }
  .cursor {
    position: absolute;
    top: 0;
    bottom: 0;
    left: -5px;
    width: 11px;
    pointer-events: auto;
    cursor: ew-resize;
    touch-action: none;
    will-change: transform;
  }
  .cursor::before {
    content: '';
    position: absolute;
    inset: 0 auto 0 4.5px;
    width: 2px;
    background: var(--accent);
  }
  .cursor::after {
    content: '';
    position: absolute;
    left: 0;
    top: 0;
    border: 5.5px solid transparent;
    border-top: 7px solid var(--accent);
    border-bottom: 0;
  }
  .window {
    position: absolute;
    top: 0;
    bottom: 0;
    left: 0;
    border: 1px solid var(--accent);
    background: color-mix(in srgb, var(--accent) 14%, transparent);
    pointer-events: none;
    transform-origin: 0 0;
  }
  .minimap .plot {
    cursor: grab;
    touch-action: none;
  }
  .axis .plot {
    cursor: ew-resize;
    touch-action: none;
  }
  .pin {
    position: absolute;
    left: -8px;
    top: 0;
    width: 16px;
    height: 18px;
    padding: 0;
    border: 0;
    background: none;
    pointer-events: auto;
  }
  .selection {
    position: absolute;
    top: 0;
    bottom: 0;
    left: 0;
    background: var(--accent);
    opacity: 0.2;
  }
  .tip {
    position: fixed;
    z-index: 5;
    left: 0;
    top: 0;
    max-width: 380px;
    padding: 4px 8px;
    background: var(--panel);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    box-shadow: 0 2px 8px rgb(0 0 0 / 0.25);
    font-size: 12px;
    pointer-events: none;
    overflow-wrap: anywhere;
  }
  .tip strong {
    display: block;
  }
`;
