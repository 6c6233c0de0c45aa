// The source of one file: lines of one height in blocks that are filled when they come into sight.
const LINE = 20;
const BLOCK = 60;

class SourcePane {
  constructor(box, actions) {
    this.box = box;
    this.actions = actions;
    this.file = null;
    this.marks = new Map();
    this.sheet = el("div", { class: "sheet" });
    this.box.append(this.sheet);
    this.watcher = new IntersectionObserver(
      (found) => found.forEach((entry) => entry.isIntersecting && this.fillBlock(Number(entry.target.dataset.block))),
      { root: box, rootMargin: "800px 0px" },
    );
    this.sheet.addEventListener("click", (event) => this.clicked(event));
  }

  open(index) {
    if (this.file === index) return;
    this.watcher.disconnect();
    this.file = index;
    this.rows = [];
    this.rowOf = new Map();
    this.marks = new Map();
    const source = tour.files[index];
    let expected = 1;
    for (const [first, lines, shades] of source.parts) {
      if (first > expected) this.rows.push({ gap: `${count(first - expected, "line")} not in this tour` });
      lines.forEach((text, offset) => {
        this.rowOf.set(first + offset, this.rows.length);
        this.rows.push({ number: first + offset, text, shades: shades[offset] });
      });
      expected = first + lines.length;
    }
    const rest = (source.length || 0) - expected + 1;
    if (rest > 0) this.rows.push({ gap: `${count(rest, "line")} not in this tour` });
    if (!this.rows.length) this.rows.push({ gap: "The text of this file is not in this tour" });
    this.counts = new Map((source.ran || []).map((line, at) => [line, (source.counts || [])[at] || 0]));
    this.most = Math.max(2, ...this.counts.values());
    this.pins = new Map();
    tour.stops.forEach((stop, at) => {
      if (stop.f === index && !this.pins.has(stop.l)) this.pins.set(stop.l, at);
    });
    this.build();
  }

  build() {
    this.sheet.replaceChildren();
    this.blocks = [];
    for (let start = 0; start < this.rows.length; start += BLOCK) {
      const rows = Math.min(BLOCK, this.rows.length - start);
      const block = el("div", { class: "block", "data-block": this.blocks.length });
      block.style.height = `${rows * LINE}px`;
      this.blocks.push({ element: block, start, rows, lines: null });
      this.sheet.append(block);
      this.watcher.observe(block);
    }
    this.layer = svg("svg", { class: "track", "aria-hidden": "true" });
    this.layer.style.height = `${this.rows.length * LINE}px`;
    this.sheet.append(this.layer);
  }

  fillBlock(index) {
    const block = this.blocks[index];
    if (!block || block.lines) return;
    block.lines = this.rows.slice(block.start, block.start + block.rows).map((row) => this.lineOf(row));
    block.element.append(...block.lines);
    block.lines.forEach((line, at) => this.markLine(line, this.rows[block.start + at]));
  }

  lineOf(row) {
    if (row.gap) return el("div", { class: "row gap" }, row.gap);
    const ran = this.counts.get(row.number);
    const times = ran ? (ran > 9999 ? `${Math.round(ran / 1000)}k` : String(ran)) : "";
    const heat = ran ? Math.min(4, Math.ceil((4 * Math.log(ran)) / Math.log(this.most)) || 0) : 0;
    const pin = this.pins.get(row.number);
    const code = el("code", { class: "text" });
    let at = 0;
    for (const match of row.shades.matchAll(/(\d*)([a-z])(\d+)/g)) {
      const start = at + Number(match[1] || 0);
      at = this.addText(code, row.text, at, start);
      code.append(el("i", { class: match[2] }, row.text.slice(start, start + Number(match[3]))));
      at = start + Number(match[3]);
    }
    this.addText(code, row.text, at, row.text.length);
    return el(
      "div", { class: "row", "data-line": row.number },
      el("span", { class: "pin" }, pin === undefined ? "" : el("a", { href: `#stop-${pin + 1}`, tabindex: "-1",
        title: `Stop ${pin + 1}: ${tour.stops[pin].t}` }, String(pin + 1))),
      el("span", { class: `times h${heat}`, title: ran ? `ran ${this.timesOf(ran)}` : null }, times),
      el("span", { class: "lane" }),
      el("span", { class: "ln" }, String(row.number)),
      code,
    );
  }

  timesOf(ran) {
    return `${tour.files[this.file].least ? "at least " : ""}${count(ran, "time")}`;
  }

  addText(code, text, from, to) {
    if (to > from) code.append(text.slice(from, to));
    return to;
  }

  // Marks by line: `kinds` are classes, `said` stands behind the line.
  paint(marks) {
    const before = this.marks;
    this.marks = marks;
    for (const line of new Set([...before.keys(), ...marks.keys()])) {
      const index = this.rowOf.get(line);
      if (index === undefined) continue;
      const block = this.blocks[Math.floor(index / BLOCK)];
      if (block.lines) this.markLine(block.lines[index - block.start], this.rows[index]);
    }
  }

  markLine(element, row) {
    if (row.gap) return;
    const mark = this.marks.get(row.number);
    element.className = `row ${mark ? mark.kinds.join(" ") : ""}`;
    const ghost = element.querySelector(".ghost");
    if (ghost) ghost.remove();
    if (mark && mark.said) element.append(el("span", { class: "ghost" }, mark.said));
    if (mark && mark.kinds.includes("now")) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
  }

  reveal(line) {
    const index = this.rowOf.get(line);
    if (index === undefined) return;
    const top = index * LINE;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop + 3 * LINE || top > scrollTop + clientHeight - 5 * LINE) {
      this.box.scrollTop = Math.max(0, top - clientHeight * 0.35);
    }
    this.fillBlock(Math.floor(index / BLOCK));
  }

  clicked(event) {
    const row = event.target.closest(".row[data-line]");
    if (!row || event.target.closest("a") || String(getSelection())) return;
    if (event.target.closest(".ln, .times, .lane")) this.actions.line(this.file, Number(row.dataset.line));
  }
}
