/** Characters of a line that are shown. */
const LONGEST = 300;

/** The text beside the pointer. */
export class Tip {
  /**
   * @param {HTMLElement} element
   * @param {HTMLElement} plot whose pixels places are given in
   */
  constructor(element, plot) {
    this.element = element;
    this.plot = plot;
  }

  /** @param {string[]} lines the first one is the title; empty ones are left out, none hides it */
  show(x, y, lines) {
    const { element } = this;
    const shown = lines.filter(Boolean);
    element.hidden = shown.length === 0;
    if (element.hidden) {
      return;
    }
    element.replaceChildren(
      ...shown.map((line, at) => {
        const part = document.createElement(at === 0 ? 'strong' : 'div');
        part.textContent = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
        return part;
      }),
    );
    const box = this.plot.getBoundingClientRect();
    const left = Math.min(box.left + x + 14, innerWidth - element.offsetWidth - 8);
    const top = Math.min(box.top + y + 18, innerHeight - element.offsetHeight - 8);
    element.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, top)}px)`;
  }

  hide() {
    this.element.hidden = true;
  }
}
