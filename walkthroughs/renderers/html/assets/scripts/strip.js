// All steps of the recording in one strip: how deep the calls were, where the stops lie, and a handle to move along.
class Strip {
  constructor(go) {
    this.canvas = el("canvas", { "aria-hidden": "true" });
    this.range = el("input", { type: "range", min: 0, max: Math.max(0, walk.length - 1), step: 1,
      "aria-label": "Recorded line", input: () => go(Number(this.range.value)) });
    this.label = el("span", { class: "steps" });
    this.element = el("div", { class: "strip" }, el("div", { class: "scrub" }, this.canvas, this.range), this.label);
    const depth = [];
    for (let step = 0; step < walk.length; step += 1) {
      const caller = walk.callers[step];
      depth.push(caller === null ? (walk.frame(step).o || []).length : depth[caller.step] + 1);
    }
    this.depth = depth;
    this.deepest = depth.reduce((most, one) => Math.max(most, one), 1);
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    const pen = this.canvas.getContext("2d");
    pen.scale(scale, scale);
    const style = getComputedStyle(root);
    const hues = [1, 2, 3, 4, 5, 6].map((hue) => style.getPropertyValue(`--hue-${hue}`));
    const each = width / walk.length;
    for (let step = 0; step < walk.length; step += 1) {
      const tall = 3 + ((height - 8) * (this.depth[step] + 1)) / (this.deepest + 1);
      pen.fillStyle = hues[walk.frame(step).f % hues.length];
      pen.fillRect(step * each, height - tall, Math.max(each, 0.6), tall);
    }
    pen.fillStyle = style.getPropertyValue("--ink");
    for (const { step } of stopsByStep) pen.fillRect(step * each + each / 2 - 0.75, 0, 1.5, 4);
  }

  show(step) {
    this.range.value = step;
    const frame = walk.frame(step);
    const said = `${functionName(frame)}, line ${walk.line(step)}: ${step + 1} of ${walk.length}`;
    this.range.setAttribute("aria-valuetext", said);
    this.label.textContent = `${(step + 1).toLocaleString("en")} / ${walk.length.toLocaleString("en")}`;
  }
}
