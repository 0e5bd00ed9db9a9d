/** The limits of the timeline, and what happens when they are reached. */

/** Tiles that are kept; the one that was not used for longest is dropped. */
export const TILES = 200;

/** Requests of tiles at the same time; further ones wait. Browsers open six connections to a service. */
export const REQUESTS = 3;

/** Buckets, or parts of a stream's life, of a tile. */
export const TILE_BUCKETS = 256;

/** vSMMUs on one timeline; further ones of the address are left out. */
export const VSMMUS = 4;

/** CSS pixels of a bucket: at least this, less than twice this. */
export const BUCKET_PIXELS = 3;

/** CSS pixels that each event needs to be drawn by itself. */
export const EVENT_PIXELS = 4;

/** Events that are drawn by themselves: the longest page of the service. */
export const EVENTS = 1000;

/** Hits of a search that are drawn by themselves; beyond, counts of intervals are drawn. */
export const HITS = 1000;

/** Intervals in which hits are counted. */
export const HIT_BUCKETS = 1000;

/** Pins that are drawn; the first ones, when there are more. */
export const PINS = 400;

/** Least milliseconds between two looks at the findings of a log that is followed. */
export const PINS_PAUSE = 5000;

/** Milliseconds that a view stays the same before tiles are asked for. */
export const SETTLE = 60;

/** Milliseconds before what could not be read is asked for again. */
export const RETRY = 3000;

/** Milliseconds after the last movement before the address is changed. */
export const ADDRESS_SETTLE = 250;

/** Least milliseconds between two positions of a cursor that is dragged. */
export const SCRUB_PAUSE = 100;
