// The recorded calls on an axis of time: one bar for each visit, below the one that called it. Zooms and moves.
class Timeline {
  constructor(box) {
    this.frames = tour.recording.frames;
    this.chapters = [...new Set(this.frames.map((frame) => frame.c || ""))];
    this.depths = this.findDepths();
    this.picture = svg("svg", { tabindex: "0", role: "application", "aria-label": "Recorded calls over time. Plus and "
      + "minus zoom, the arrow keys move, 0 shows everything. The list below has the same calls." });
    this.tip = el("p", { class: "tip faint" }, "A bar is one visit; click it to step into it. Drag to move, Ctrl and wheel to zoom.");
    this.tabs = this.chapters.length > 1 ? el("span", { class: "group tabs" }, ...this.chapters.map((name) => el("button",
      { type: "button", "data-chapter": name, click: () => this.choose(name) }, tour.chapters[name || "main"]))) : "";
    box.append(el("div", { class: "timebar" }, this.tabs, el("span", { class: "group" },
      button("plus", "Zoom in", "+", () => this.zoom(0.5)), button("minus", "Zoom out", "-", () => this.zoom(2)), button("whole", "Show everything", "0", () => this.all()))),
      this.picture, this.tip);
    this.picture.addEventListener("keydown", (event) => this.key(event));
    this.picture.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.picture.addEventListener("pointerdown", (event) => this.grab(event));
    this.picture.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => this.draw()).observe(this.picture);
    this.choose(this.chapters.includes("") ? "" : this.chapters[0]);
  }

  findDepths() {
    const depths = [];
    this.frames.forEach((frame, at) => {
      depths[at] = frame.u === undefined ? (frame.o || []).length : depths[frame.u] + 1;
    });
    return depths;
  }

  choose(chapter) {
    this.rows = this.frames
      .map((frame, at) => ({ frame, at, depth: this.depths[at] }))
      .filter((row) => (row.frame.c || "") === chapter);
    const latest = this.rows.reduce((most, row) => Math.max(most, row.frame.t, row.frame.b), 0);
    this.rows.forEach((row) => { row.end = row.frame.t || latest; });
    this.first = this.rows.reduce((least, row) => Math.min(least, row.frame.b), latest);
    this.last = latest;
    this.deepest = this.rows.reduce((most, row) => Math.max(most, row.depth), 0);
    if (this.tabs) this.tabs.childNodes.forEach((tab) => tab.setAttribute("aria-pressed", String(tab.dataset.chapter === chapter)));
    this.picture.style.height = `${24 + Math.min(14, this.deepest + 1) * 22}px`;
    this.all();
  }

  all() {
    this.from = this.first;
    this.to = Math.max(this.last, this.first + 1e-6);
    this.draw();
  }

  zoom(by, around = (this.from + this.to) / 2) {
    const whole = this.last - this.first;
    const span = Math.min(whole, Math.max(whole / 5e4, (this.to - this.from) * by));
    const share = (around - this.from) / (this.to - this.from);
    this.shift(around - share * span, span);
  }

  shift(from, span = this.to - this.from) {
    this.from = Math.max(this.first, Math.min(this.last - span, from));
    this.to = this.from + span;
    this.draw();
  }

  draw() {
    const width = this.picture.clientWidth;
    if (!width || !this.rows.length) return;
    const x = (time) => ((time - this.from) / (this.to - this.from)) * width;
    const bars = [];
    let drawn = new Map();
    for (const row of this.rows) {
      const left = Math.max(0, x(row.frame.b));
      const right = Math.min(width, x(row.end));
      const wide = Math.max(1, right - left);
      if (right < 0 || left > width || row.depth > 13) continue;
      if (wide < 1.5 && drawn.get(row.depth) >= left) continue;
      drawn.set(row.depth, left + wide);
      bars.push(this.bar(row, left, wide));
    }
    this.picture.replaceChildren(...this.axis(width, x), ...bars);
  }

  bar(row, left, wide) {
    const { frame } = row;
    const name = functionName(frame);
    const top = 22 + row.depth * 22;
    const bar = svg("g", { "data-frame": row.at },
      svg("title", {}, `${name}, visit ${(frame.v || 0) + 1}: ${seconds(row.end - frame.b)}${frame.t ? "" : ", its end was not seen"}`),
      svg("rect", { x: left, y: top, width: Math.max(1, wide - 0.6), height: 19, rx: wide > 6 ? 3 : 0, class: `hue${(frame.f % 6) + 1}` }));
    const room = Math.floor((wide - 8) / 6.6);
    if (room > 3) {
      const shown = name.length <= room ? name : `${name.slice(0, room - 1)}…`;
      bar.append(svg("text", { x: left + 5, y: top + 13.5 }, shown));
    }
    return bar;
  }

  axis(width, x) {
    const span = this.to - this.from;
    const rough = span / Math.max(2, width / 110);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((by) => by * power).find((by) => by >= rough);
    const found = [];
    for (let time = Math.ceil(this.from / step) * step; time <= this.to; time += step) {
      found.push(svg("line", { x1: x(time), x2: x(time), y1: 16, y2: "100%" }),
        svg("text", { class: "tick", x: x(time) + 3, y: 12 }, seconds(time, step)));
    }
    return found;
  }

  key(event) {
    const moves = { "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2), 0: () => this.all(),
      ArrowLeft: () => this.shift(this.from - (this.to - this.from) / 5),
      ArrowRight: () => this.shift(this.from + (this.to - this.from) / 5) };
    if (!moves[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    moves[event.key]();
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left, width } = this.picture.getBoundingClientRect();
    const around = this.from + ((event.clientX - left) / width) * (this.to - this.from);
    this.zoom(event.deltaY < 0 ? 0.8 : 1.25, around);
  }

  grab(event) {
    const start = { x: event.clientX, from: this.from, span: this.to - this.from };
    this.moved = false;
    const drag = (move) => {
      const by = move.clientX - start.x;
      this.moved = this.moved || Math.abs(by) > 4;
      if (this.moved) this.shift(start.from - (by / this.picture.clientWidth) * start.span, start.span);
    };
    const done = () => {
      removeEventListener("pointermove", drag);
      removeEventListener("pointerup", done);
    };
    addEventListener("pointermove", drag);
    addEventListener("pointerup", done);
  }

  click(event) {
    const bar = event.target.closest("[data-frame]");
    if (!bar || this.moved) return;
    const steps = walk.stepsOf[Number(bar.dataset.frame)];
    if (steps.length) goStep(steps[0]);
  }
}

function seconds(time, step = time / 100) {
  if (Math.abs(time) < 1 && step < 0.01) return `${(time * 1000).toFixed(step < 0.0001 ? 2 : step < 0.001 ? 1 : 0)} ms`;
  return `${time.toFixed(step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0)} s`;
}

if (walk && byId("timeline")) {
  // Drawn when it comes near: it is not what a reader sees first.
  const near = new IntersectionObserver((found) => {
    if (!found.some((entry) => entry.isIntersecting)) return;
    near.disconnect();
    ui.timeline = new Timeline(byId("timeline"));
  }, { rootMargin: "400px" });
  near.observe(byId("timeline"));
}
