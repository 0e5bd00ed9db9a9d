import { LitElement, html, nothing } from 'lit';
import { CHANGED } from '../core/api.js';
import { count, micros } from '../core/format.js';
import { bind } from '../core/keyboard.js';
import { change } from '../core/route.js';
import { sharedStyle } from '../core/shared-style.js';
import { axisOf } from '../timeline/axis.js';
import { coloursOf, drawAxis, drawMinimap, drawPins, drawRows, prepared } from '../timeline/drawing.js';
import { Gestures } from '../timeline/gestures.js';
import { LANES } from '../timeline/lanes.js';
import { ADDRESS_SETTLE, BUCKET_PIXELS, SCRUB_PAUSE, SETTLE, VSMMUS } from '../timeline/limits.js';
import { logEnds } from '../timeline/log-ends.js';
import { Marks, NEAR } from '../timeline/marks.js';
import { grouped } from '../timeline/pins.js';
import { heightOf, rowAt, rowsOf } from '../timeline/rows.js';
import { Scale } from '../timeline/scale.js';
import { SingleEvents } from '../timeline/single-events.js';
import { timelineStyle } from '../timeline/style.js';
import { TileCache } from '../timeline/tile-cache.js';
import { loadTile } from '../timeline/tiles.js';
import { Tip } from '../timeline/tip.js';
import { bucketAt, countsText, eventfulBucketAt, lifeAt } from '../timeline/view.js';
import './vs-problem.js';

const AXIS_HEIGHT = 18;
const MINIMAP_HEIGHT = 24;

/** Milliseconds after a move of the cursor before it is read out. */
const READ_OUT = 400;

/**
 * The logs of one vSMMU or several on lanes. The page's vSMMU is `vsmmu`, the ends of its log
 * `ends`, the event at the cursor `cursor`; the parameters of the view are `query`: `from`, `to`,
 * `by`, `vs`, `find`, `sid`. `follow` keeps the newest event in sight.
 */
class TimelineElement extends LitElement {
  static properties = {
    vsmmu: { attribute: false },
    ends: { attribute: false },
    cursor: { attribute: false },
    query: { attribute: false },
    follow: { type: Boolean },
    rows: { state: true },
    groups: { state: true },
    relative: { state: true },
    problem: { state: true },
    spoken: { state: true },
  };

  static styles = [
    sharedStyle,
    timelineStyle,
  ];

  constructor() {
    super();
    this.query = {};
    this.rows = [];
    this.groups = [];
    this.relative = false;
    this.spoken = '';
    this.width = 0;
    /** @type {Scale | null} */
    this.scale = null;
    /** What the logs were seen to have, by vSMMU. @type {Map<string, {lanes: boolean[], sids: Set<string>}>} */
    this.seen = new Map();
    /** The ends of the logs of further vSMMUs. @type {Map<string, import('../timeline/log-ends.js').LogEnds>} */
    this.others = new Map();
    this.cache = new TileCache(
      async (key, range, signal) => {
        const tile = await loadTile(key, range, signal);
        this.note(key.vsmmu, tile);
        return tile;
      },
      () => this.tileArrived(),
    );
    this.marks = new Marks(() => {
      this.invalidate();
      this.settle();
    });
    this.single = new SingleEvents(
      () => this.invalidate(),
      (problem) => (this.problem = problem),
    );
    /** Pins are those that are there now, also when a panel has written a note. */
    this.changed = (event) => {
      if (/\/notes(\/|\?|$)/.test(event.detail) && this.vsmmu && this.ends) {
        this.marks.askForPins();
      }
    };
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.recolour = () => {
      this.colours = null;
      this.invalidate();
    };
  }

  connectedCallback() {
    super.connectedCallback();
    this.scheme.addEventListener('change', this.recolour);
    addEventListener(CHANGED, this.changed);
    const where = 'Timeline';
    this.unbind = bind([
      { keys: ['+', '='], where, what: 'Zoom in around the cursor', run: () => this.zoom(0.5) },
      { keys: ['-'], where, what: 'Zoom out', run: () => this.zoom(2) },
      { keys: ['0'], where, what: 'The whole log', run: () => this.showAll() },
      { keys: ['Shift+ArrowLeft'], where, what: 'Pan to earlier events', run: () => this.pan(-0.25) },
      { keys: ['Shift+ArrowRight'], where, what: 'Pan to later events', run: () => this.pan(0.25) },
      { keys: ['t'], where, what: 'Positions or time', run: () => this.setAxis(this.axis.id === 'time' ? 'position' : 'time') },
      { keys: ['r'], where, what: 'Ticks relative to the cursor, or absolute', run: () => this.toggleRelative() },
    ]);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.scheme.removeEventListener('change', this.recolour);
    removeEventListener(CHANGED, this.changed);
    this.unbind();
    this.sizes?.disconnect();
    this.cache.close();
    this.marks.close();
    this.single.close();
    clearTimeout(this.addressTimer);
    clearTimeout(this.settleTimer);
    clearTimeout(this.readTimer);
  }

  // ---- what is shown -----------------------------------------------------------------------------

  get axis() {
    return axisOf(this.query.by);
  }

  /** The page's vSMMU and those of the parameter `vs`. */
  get names() {
    const others = (this.query.vs ?? '').split(',').filter((it) => it && it !== this.vsmmu.name);
    return [this.vsmmu.name, ...new Set(others)].slice(0, VSMMUS);
  }

  wholeOf(vsmmu, axis = this.axis) {
    const ends = vsmmu === this.vsmmu.name ? this.ends : this.others.get(vsmmu);
    if (!ends) {
      return null;
    }
    const [from, to] = [valueOf(axis, ends.first), valueOf(axis, ends.newest)];
    return { from: Math.min(from, to), to: Math.max(from, to) + 1 };
  }

  /** The axis of all logs together. */
  get whole() {
    const all = this.names.map((it) => this.wholeOf(it)).filter(Boolean);
    return {
      from: Math.min(...all.map((it) => it.from)),
      to: Math.max(...all.map((it) => it.to)),
      least: this.axis.least,
    };
  }

  willUpdate(changed) {
    if (!this.vsmmu || !this.ends) {
      return;
    }
    const shown = `${this.vsmmu.id} ${this.axis.id}`;
    if (shown !== this.shown) {
      this.shown = shown;
      this.scale = null;
      this.single.clear();
      this.groups = [];
    }
    this.askForOthers();
    this.marks.ask(this.vsmmu.name, this.query.find, this.axis);
    if (this.follow && changed.has('ends')) {
      this.marks.askAgain();
    }
    this.rescale(changed);
    this.layRows();
  }

  /** Takes the window from the address; keeps the newest event in sight while following. */
  rescale(changed) {
    const { from, to } = this.query;
    const asked = JSON.stringify([from, to, this.axis.id, this.vsmmu.name]);
    const whole = this.whole;
    const before = this.lastWhole;
    this.lastWhole = whole;
    if (!this.width) {
      return;
    }
    if (!this.scale || (changed.has('query') && asked !== this.asked)) {
      const [first, last] = [this.axis.read(from), this.axis.read(to)];
      const given = !Number.isNaN(first) && !Number.isNaN(last) && last >= first;
      this.scale = new Scale(given ? first : whole.from, given ? last + 1 : whole.to, this.width).within(whole);
      this.asked = asked;
      this.single.clear();
    } else if (before && (before.from !== whole.from || before.to !== whole.to)) {
      const all = this.scale.from <= before.from && this.scale.to >= before.to;
      const shift = this.follow ? whole.to - this.scale.to : 0;
      this.scale = all
        ? new Scale(whole.from, whole.to, this.width)
        : new Scale(this.scale.from + shift, this.scale.to + shift, this.width).within(whole);
    }
    if (changed.has('cursor') && this.cursor && changed.get('cursor') && !this.scrubbing) {
      this.showCursor();
    }
    this.invalidate();
  }

  get cursorValue() {
    return this.cursor ? valueOf(this.axis, this.cursor) : null;
  }

  showCursor() {
    const x = this.scale.x(this.cursorValue);
    if (x < 0 || x > this.width) {
      this.setScale(this.scale.centred(this.cursorValue, this.whole));
    }
  }

  layRows() {
    const rows = rowsOf(
      this.names.map((name) => {
        const seen = this.seen.get(name);
        return { name, lanes: seen?.lanes ?? [], sids: [...(seen?.sids ?? [])].sort((a, b) => Number(a) - Number(b)) };
      }),
      Boolean(this.query.find),
    );
    if (JSON.stringify(rows) !== JSON.stringify(this.rows)) {
      this.rows = rows;
    }
  }

  /** Remembers what a log has, so that there are lanes for it. */
  note(vsmmu, tile) {
    if (!this.seen.has(vsmmu)) {
      this.seen.set(vsmmu, { lanes: LANES.map(() => false), sids: new Set() });
    }
    const seen = this.seen.get(vsmmu);
    tile.counts?.forEach((counts, lane) => (seen.lanes[lane] ||= counts.some((it) => it > 0)));
    tile.lives?.forEach((_, sid) => seen.sids.add(sid));
  }

  tileArrived() {
    this.problem = this.cache.problem;
    this.layRows();
    this.invalidate();
    this.settle();
  }

  // ---- what is asked for ---------------------------------------------------------------------------

  async askForOthers() {
    for (const name of this.names.slice(1)) {
      if (!this.others.has(name)) {
        this.others.set(name, null);
        try {
          this.others.set(name, await logEnds(name));
        } catch (problem) {
          this.problem = problem;
        }
        this.scale = null;
        this.requestUpdate('query');
      }
    }
  }

  /** What tiles the view needs, most urgent first. */
  wants() {
    const keys = [];
    const whole = this.whole;
    const minimap = new Scale(whole.from, whole.to, this.width);
    const near = new Scale(this.scale.from - this.scale.span / 2, this.scale.to + this.scale.span / 2, this.width * 2);
    for (const kind of ['counts', 'lives']) {
      for (const view of [minimap, this.scale]) {
        this.names.forEach((name) => this.addKeys(keys, kind, name, view));
      }
    }
    for (const kind of ['counts', 'lives']) {
      this.names.forEach((name) => this.addKeys(keys, kind, name, near));
    }
    return keys;
  }

  addKeys(keys, kind, vsmmu, scale) {
    const whole = this.wholeOf(vsmmu);
    if (!whole) {
      return;
    }
    const level = TileCache.level(scale.perPixel, BUCKET_PIXELS);
    const span = TileCache.span(level);
    const last = Math.floor((Math.min(scale.to, whole.to) - 1e-9) / span);
    for (let index = Math.floor(Math.max(scale.from, whole.from) / span); index <= last; index++) {
      keys.push({ kind, vsmmu, by: this.axis.id, level, index, end: whole.to });
    }
  }

  /** What is done when the view has stayed the same for a moment. */
  settle() {
    clearTimeout(this.settleTimer);
    this.settleTimer = setTimeout(() => {
      if (this.scale && this.ends) {
        this.groups = grouped(this.marks.pins, (pin) => this.marks.valueOf(pin), this.scale);
        this.single.ask(this.view(), this.whole);
      }
    }, 2 * SETTLE);
  }

  // ---- the window -----------------------------------------------------------------------------------

  /** Shows another part; the address follows when the movement has ended. */
  setScale(scale, { push = false } = {}) {
    if (scale.same(this.scale)) {
      return;
    }
    this.scale = scale;
    this.invalidate();
    this.settle();
    clearTimeout(this.addressTimer);
    if (push) {
      this.writeAddress(false);
    } else {
      this.addressTimer = setTimeout(() => this.writeAddress(true), ADDRESS_SETTLE);
    }
  }

  writeAddress(replace) {
    const { axis, scale, whole } = this;
    const all = scale.from <= whole.from && scale.to >= whole.to;
    const from = all ? null : String(axis.bound(Math.max(0, scale.from)));
    const to = all ? null : String(axis.bound(Math.max(scale.from, Math.ceil(scale.to) - 1)));
    this.asked = JSON.stringify([from ?? undefined, to ?? undefined, axis.id, this.vsmmu.name]);
    change({ from, to }, { replace });
  }

  /** @param {number} factor of the span; less than 1 shows less */
  zoom(factor, x = this.middle) {
    if (this.scale) {
      this.setScale(this.scale.zoomed(factor, x, this.whole));
    }
  }

  /** The cursor, if it is in sight, or the middle. */
  get middle() {
    const x = this.cursor && this.scale ? this.scale.x(this.cursorValue) : NaN;
    return x >= 0 && x <= this.width ? x : this.width / 2;
  }

  pan(fraction) {
    if (this.scale) {
      this.setScale(this.scale.panned(fraction * this.width, this.whole));
    }
  }

  showAll() {
    if (this.scale) {
      const { from, to } = this.whole;
      this.setScale(new Scale(from, to, this.width));
    }
  }

  /** Shows the same part of the log on the other axis. */
  setAxis(by) {
    const next = axisOf(by);
    const view = this.view();
    const { name } = this.vsmmu;
    const first = eventfulBucketAt(view, name, this.scale.from) ?? bucketAt(view, name, this.scale.from);
    const last = eventfulBucketAt(view, name, this.scale.to - 1);
    const whole = this.whole;
    const all = this.scale.from <= whole.from && this.scale.to >= whole.to;
    const range = { from: null, to: null };
    if (!all && first?.events > 0 && last?.events > 0) {
      range.from = String(by === 'time' ? first.firstTime : first.first);
      range.to = String(by === 'time' ? last.lastTime : last.last);
    }
    change({ by: next.id === 'position' ? null : next.id, ...range });
  }

  // ---- drawing --------------------------------------------------------------------------------------

  view() {
    this.colours ??= coloursOf(this);
    const whole = this.whole;
    return {
      scale: this.scale,
      axis: this.axis,
      by: this.axis.id,
      rows: this.rows,
      vsmmus: this.names.map((name) => ({ name })),
      wholeOf: (name) => this.wholeOf(name),
      cache: this.cache,
      coarsest: TileCache.level((whole.to - whole.from) / this.width, BUCKET_PIXELS),
      colours: this.colours,
      cursor: this.cursorValue,
      relative: this.relative,
      axisHeight: AXIS_HEIGHT,
      hits: this.marks.hits,
      pins: this.marks.pins,
      pinValue: (pin) => this.marks.valueOf(pin),
      events: this.single.events,
    };
  }

  /** Draws with the next frame. */
  invalidate() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    if (!this.isConnected || !this.scale || !this.ends || !this.width) {
      return;
    }
    const view = this.view();
    this.cache.want(this.wants(), TileCache.level(this.scale.perPixel, BUCKET_PIXELS));
    drawAxis(prepared(this.part('axis'), this.width, AXIS_HEIGHT), view);
    const context = prepared(this.part('rows'), this.width, heightOf(this.rows));
    drawRows(context, view);
    drawPins(context, view);
    const whole = this.whole;
    const minimap = new Scale(whole.from, whole.to, this.width);
    const key = `${this.width} ${whole.from} ${whole.to} ${view.by} ${this.cache.arrived}`;
    if (key !== this.minimapKey || !this.minimapColours || this.minimapColours !== this.colours) {
      this.minimapKey = key;
      this.minimapColours = this.colours;
      drawMinimap(prepared(this.part('map'), this.width, MINIMAP_HEIGHT), view, minimap, MINIMAP_HEIGHT);
    }
    const window = this.part('window');
    window.style.transform = `translateX(${minimap.x(this.scale.from)}px)`;
    window.style.width = `${Math.max(3, minimap.x(this.scale.to) - minimap.x(this.scale.from))}px`;
    this.placeCursor(this.cursorValue);
  }

  part(id) {
    return this.renderRoot.querySelector(`#${id}`);
  }

  placeCursor(value) {
    const cursor = this.part('cursor');
    if (!cursor) {
      return;
    }
    const x = value === null || value === undefined ? NaN : this.scale.x(value);
    const inside = x >= -1 && x <= this.width + 1;
    cursor.style.transform = `translateX(${inside ? x : -99}px)`;
  }

  firstUpdated() {
    this.tip = new Tip(this.part('tip'), this.part('events'));
    this.gestures = new Gestures(this.part('events'), this.part('overlay'), {
      zoom: (factor, x) => this.zoom(factor, x),
      pan: (pixels) => this.scale && this.setScale(this.scale.panned(pixels, this.whole)),
      select: (from, to, done) => this.select(from, to, done),
      click: (x, y) => this.click(x, y),
      double: (x) => this.zoom(0.25, x),
      hover: (x, y) => this.hover(x, y),
      leave: () => this.tip.hide(),
    });
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.part('events'));
  }

  resized() {
    const width = Math.floor(this.part('events').clientWidth);
    if (width > 0 && width !== this.width) {
      this.width = width;
      this.scale = this.scale?.resized(width) ?? null;
      this.requestUpdate('query');
      this.settle();
    }
    this.invalidate();
  }

  updated(changed) {
    if (this.vsmmu && this.ends) {
      this.renderRoot.querySelectorAll('.label').forEach((label, at) => {
        label.style.height = `${this.rows[at].height}px`;
        const swatch = label.querySelector('.swatch');
        if (swatch) {
          swatch.style.background = `var(${LANES[this.rows[at].lane].colour})`;
        }
      });
      this.part('events').style.height = `${heightOf(this.rows)}px`;
      const top = this.rows.find((row) => row.kind === 'pins')?.y ?? 0;
      this.renderRoot.querySelectorAll('.pin').forEach((pin, at) => {
        pin.style.transform = `translate(${this.groups[at].x}px, ${top}px)`;
      });
    }
    if (changed.has('cursor') || changed.has('query')) {
      clearTimeout(this.readTimer);
      this.readTimer = setTimeout(() => this.readOut(), READ_OUT);
    }
  }

  // ---- the cursor -----------------------------------------------------------------------------------

  /** The position that a click at a value of the axis means. */
  positionAt(value, vsmmu = this.vsmmu.name) {
    const ends = vsmmu === this.vsmmu.name ? this.ends : (this.others.get(vsmmu) ?? this.ends);
    const inside = (position) => Math.min(Math.max(position, ends.first.position), ends.newest.position);
    if (this.axis.id === 'position') {
      return inside(Math.floor(value));
    }
    return inside(eventfulBucketAt(this.view(), vsmmu, value)?.first ?? ends.first.position);
  }

  click(x, y) {
    if (!this.scale || !this.ends) {
      return;
    }
    const row = rowAt(this.rows, y);
    const pin = row?.kind === 'pins' && this.groups.find((it) => Math.abs(it.x - x) < NEAR);
    if (pin) {
      this.open(pin);
      return;
    }
    const mark = row?.kind === 'hits' ? this.marks.hitNear(this.scale, x) : this.nearEvent(row, x)?.position;
    const at = mark ?? this.positionAt(this.scale.value(x), row?.vsmmu);
    change({ at, live: null, ...(row?.kind === 'life' && row.vsmmu === this.vsmmu.name ? { sid: row.sid } : {}) });
  }

  nearEvent(row, x) {
    return this.single.near(this.scale, x, row?.vsmmu, row?.kind === 'count' ? LANES[row.lane].id : null);
  }

  open(group) {
    const [first] = group.pins;
    change({ at: first.position, panel: first.panel, live: null });
    // So that the keys of the cursor go on from there.
    this.part('cursor').focus();
  }

  /** Moves the cursor to a pixel while the pointer is pressed. */
  scrub(event) {
    const plot = this.part('events').getBoundingClientRect();
    const x = Math.min(this.width, Math.max(0, event.clientX - plot.left));
    switch (event.type) {
      case 'pointerdown':
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        this.scrubbing = { begun: false, last: 0 };
        break;
      case 'pointermove':
        if (!this.scrubbing) {
          return;
        }
        break;
      default:
        if (this.scrubbing) {
          this.moveCursor(x, true);
          this.scrubbing = null;
        }
        return;
    }
    this.moveCursor(x, event.type === 'pointerdown');
  }

  /** The first move makes an entry in the browser's history, the others change it. */
  moveCursor(x, now) {
    const value = this.scale.value(x);
    this.placeCursor(value);
    if (now || performance.now() - this.scrubbing.last > SCRUB_PAUSE) {
      this.scrubbing.last = performance.now();
      change({ at: this.positionAt(value), live: null }, { replace: this.scrubbing.begun });
      this.scrubbing.begun = true;
    }
  }

  // ---- range, minimap, tip --------------------------------------------------------------------------

  select(from, to, done) {
    const [left, right] = [Math.min(from, to), Math.max(from, to)];
    const selection = this.part('selection');
    selection.hidden = done;
    if (done) {
      this.tip.hide();
      const next = new Scale(this.scale.value(left), this.scale.value(right), this.width).within(this.whole);
      this.setScale(next, { push: true });
      return;
    }
    selection.style.transform = `translateX(${left}px)`;
    selection.style.width = `${right - left}px`;
    const length = this.axis.difference(this.scale.value(right) - this.scale.value(left)).slice(1);
    this.tip.show(to, 20, [this.axis.id === 'position' ? `${length} positions` : length, 'Release to show this range']);
  }

  map(event) {
    if (event.type === 'pointerdown') {
      event.currentTarget.setPointerCapture(event.pointerId);
    } else if (!event.currentTarget.hasPointerCapture(event.pointerId)) {
      return;
    }
    if (this.scale) {
      const { from, to } = this.whole;
      const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
      const value = new Scale(from, to, this.width).value(x);
      this.setScale(this.scale.centred(value, this.whole));
    }
  }

  hover(x, y) {
    if (!this.scale || !this.ends) {
      return;
    }
    const row = rowAt(this.rows, y);
    if (row) {
      this.tip.show(x, y, this.tipOf(row, x));
    }
  }

  tipOf(row, x) {
    const value = this.scale.value(x);
    const view = this.view();
    if (row.kind === 'pins') {
      const pins = this.groups.find((it) => Math.abs(it.x - x) < NEAR)?.pins ?? [];
      return pins.length ? [pins.length > 1 ? `${pins.length} marks` : 'A mark', ...titles(pins)] : [];
    }
    if (row.kind === 'life') {
      const part = lifeAt(view, row.vsmmu, row.sid, value);
      return part
        ? [`StreamID ${row.sid}: ${part.effective}`, `since ${this.axis.text(part.last)}${part.configuration !== part.effective ? `, configured ${part.configuration}` : ''}`]
        : [`StreamID ${row.sid}`, 'not configured'];
    }
    const event = this.nearEvent(row, x);
    if (event) {
      return [`${event.type} at ${count(event.position)}`, Object.values(event.labels).slice(1).join(', '), event.time];
    }
    const bucket = bucketAt(view, row.vsmmu, value);
    return [this.rangeText(bucket, value), countsText(bucket)];
  }

  rangeText(bucket, value) {
    if (!bucket || bucket.events < 2) {
      return this.axis.text(value);
    }
    return `${count(bucket.first)} to ${count(bucket.last)}`;
  }

  /** What is at the cursor, for those who hear the page. */
  readOut() {
    if (!this.cursor || !this.scale || !this.ends || !this.isConnected) {
      return;
    }
    const bucket = bucketAt(this.view(), this.vsmmu.name, this.cursorValue);
    this.spoken = `Cursor at position ${count(this.cursor.position)}, ${this.cursor.type}${bucket?.events > 1 ? `; around it ${countsText(bucket)}` : ''}`;
  }

  // ---- elements -------------------------------------------------------------------------------------

  render() {
    if (!this.vsmmu) {
      return nothing;
    }
    const { ends, cursor } = this;
    return html`
      <div class="strip axis">
        <div class="corner">
          <select aria-label="Axis" @change=${(event) => this.setAxis(event.target.value)}>
            <option value="position" ?selected=${this.axis.id === 'position'}>positions</option>
            <option value="time" ?selected=${this.axis.id === 'time'}>time</option>
          </select>
          <button aria-pressed=${this.relative} title="Relative to the cursor" @click=${this.toggleRelative}>relative</button>
        </div>
        <div
          class="plot"
          @pointerdown=${this.scrub}
          @pointermove=${this.scrub}
          @pointerup=${this.scrub}
          @pointercancel=${this.scrub}
        >
          <canvas id="axis" aria-hidden="true"></canvas>
        </div>
      </div>
      <div class="lanes">
        <div class="body">
          <div class="labels">${this.rows.map((row) => this.label(row))}</div>
          <div id="events" class="plot events"><canvas id="rows" aria-hidden="true"></canvas></div>
          <div id="overlay" class="overlay">
            <div id="selection" class="selection" hidden></div>
            <div
              id="cursor"
              class="cursor"
              role="slider"
              tabindex="0"
              aria-label="Cursor"
              aria-valuemin=${ends?.first.position ?? 0}
              aria-valuemax=${ends?.newest.position ?? 0}
              aria-valuenow=${cursor?.position ?? 0}
              aria-valuetext=${cursor ? `position ${count(cursor.position)}, ${cursor.type}` : 'no event'}
              @pointerdown=${this.scrub}
              @pointermove=${this.scrub}
              @pointerup=${this.scrub}
              @pointercancel=${this.scrub}
            ></div>
            ${this.groups.map((group, at) => this.pin(group, at))}
          </div>
        </div>
      </div>
      <div class="strip minimap">
        <div class="corner">
          <button title="Zoom in (+)" aria-label="Zoom in" @click=${() => this.zoom(0.5)}>+</button>
          <button title="Zoom out (-)" aria-label="Zoom out" @click=${() => this.zoom(2)}>−</button>
          <button title="Show the whole log (0)" @click=${this.showAll}>whole log</button>
        </div>
        <div class="plot" @pointerdown=${this.map} @pointermove=${this.map}>
          <canvas id="map" aria-hidden="true"></canvas>
          <div id="window" class="window"></div>
        </div>
      </div>
      <div id="tip" class="tip" hidden></div>
      <div class="unseen" aria-live="polite">${this.spoken}</div>
      ${this.problem ? html`<vs-problem .problem=${this.problem}></vs-problem>` : nothing}
    `;
  }

  label(row) {
    if (row.kind === 'life') {
      const own = row.vsmmu === this.vsmmu.name;
      const chosen = own && this.query.sid === row.sid;
      return html`<div class="label">
        ${own
          ? html`<button
              class="plain"
              aria-pressed=${chosen}
              aria-label="Select StreamID ${row.sid}"
              @click=${() => change({ sid: chosen ? null : row.sid })}
              >${row.sid}</button
            >`
          : html`<code>${row.sid}</code>`}
      </div>`;
    }
    if (row.kind === 'name' && row.vsmmu !== this.vsmmu.name) {
      return html`<div class="label name" title=${row.title}>
        <button
          class="plain"
          aria-label="Take ${row.vsmmu} off the timeline"
          @click=${() => change({ vs: this.names.slice(1).filter((it) => it !== row.vsmmu).join(',') })}
          >×</button
        >
        ${row.title}
      </div>`;
    }
    return html`<div class="label ${row.kind}" title=${row.title}>
      ${row.kind === 'count' ? html`<span class="swatch"></span>` : nothing}${row.title}
    </div>`;
  }

  /** One stop of the tab key for all pins; arrows go from one to the next. */
  pin(group, at) {
    const name = group.pins.length > 1 ? `${group.pins.length} marks` : group.pins[0].kind;
    return html`<button
      class="pin"
      tabindex=${at === 0 ? 0 : -1}
      aria-label="${name} at ${count(group.pins[0].position)}: ${group.pins[0].title}"
      title=${titles(group.pins).join('\n')}
      @click=${() => this.open(group)}
      @keydown=${this.pinKey}
    ></button>`;
  }

  pinKey(event) {
    const next = { ArrowRight: 'nextElementSibling', ArrowLeft: 'previousElementSibling' }[event.key];
    const other = next && event.target[next];
    if (other?.classList.contains('pin')) {
      other.focus();
    }
    if (next) {
      event.preventDefault();
    }
  }

  toggleRelative() {
    this.relative = !this.relative;
    this.invalidate();
  }
}

function valueOf(axis, event) {
  return axis.of({ position: event.position, time: micros(event.time) });
}

function titles(pins) {
  const shown = pins.slice(0, 4).map((it) => (it.title.length > 160 ? `${it.title.slice(0, 160)}…` : it.title));
  return pins.length > shown.length ? [...shown, `and ${pins.length - shown.length} more`] : shown;
}

customElements.define('vs-timeline', TimelineElement);
