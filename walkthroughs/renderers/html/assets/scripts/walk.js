// Stepping through a recording, forward and backward: what `walkthroughs/stepping.py` does, move for move.
class Walk {
  constructor(recording) {
    this.recording = recording;
    this.length = recording.order.length;
    this.stepsOf = recording.frames.map(() => []);
    recording.order.forEach((frame, step) => this.stepsOf[frame].push(step));
    this.printedAt = new Map(recording.printed);
    this.raisedAt = new Map(recording.raised.map(([step, ...row]) => [step, row]));
    this.leftAt = new Map(recording.left.map(([step, ...row]) => [step, row]));
    this.missedAt = grouped(recording.missed.map((row) => [row.s, row]));
    this.gaps = new Set(recording.gaps);
    this.collectChanges();
    this.modules = new Map();
    recording.frames.forEach((frame, number) => {
      const key = `${frame.f} ${frame.c || ""}`;
      if (frame.k === "module" && !this.modules.has(key)) this.modules.set(key, number);
    });
    this.callers = this.findCallers();
  }

  // By frame: what its names became, and which were taken away, in the order of steps.
  collectChanges() {
    const { order, bound, unbound } = this.recording;
    this.boundAt = grouped(bound.map((row) => [row[0], row]));
    this.changes = grouped([
      ...bound.map((row) => [row[4] ?? order[row[0]], row]),
      ...unbound.map((row) => [order[row[0]], row]),
    ]);
    for (const rows of this.changes.values()) rows.sort((one, other) => one[0] - other[0]);
  }

  frame(step) { return this.recording.frames[this.recording.order[step]]; }
  line(step) { return this.recording.lines[step]; }

  stack(step) {
    const found = [{ frame: this.recording.order[step], step, line: this.line(step) }];
    for (let above = this.callers[step]; above; above = this.callers[above.step]) found.push(above);
    return found;
  }

  // The call stack above the last level of `stack`, the caller first, as far as it is known.
  above(step) {
    const last = this.stack(step).pop();
    const { order, resumed, frames } = this.recording;
    const other = resumed.some(([at]) => at <= last.step && order[at] === last.frame);
    return other ? [] : frames[last.frame].o || [];
  }

  into(step) { return step + 1 < this.length ? step + 1 : null; }
  back(step) { return step > 0 ? step - 1 : null; }
  over(step) { return this.nearest(step, 1, this.framesFrom(step, 0)); }
  out(step) { return this.nearest(step, 1, this.framesFrom(step, 1)); }
  backOver(step) { return this.nearest(step, -1, this.framesFrom(step, 0)); }

  backOut(step) {
    const caller = this.callers[step];
    if (caller) return caller.step;
    const own = this.recording.order[step];
    return this.nearest(step, -1, new Set(), this.stepsOf[own][0]);
  }

  framesFrom(step, level) {
    return new Set(this.stack(step).slice(level).map((place) => place.frame));
  }

  // The first step on the way that stands in one of the frames; where none does, the first that nobody called.
  nearest(step, by, frames, from = step) {
    const { order } = this.recording;
    let base = null;
    for (let at = from + by; at >= 0 && at < this.length; at += by) {
      if (frames.has(order[at])) return at;
      if (base === null && this.callers[at] === null && order[at] !== order[step]) base = at;
    }
    return base;
  }

  nextAt(step, file, first, last = first) {
    for (let at = step + 1; at < this.length; at += 1) if (this.isAt(at, file, first, last)) return at;
    return null;
  }

  previousAt(step, file, first, last = first) {
    for (let at = step - 1; at >= 0; at -= 1) if (this.isAt(at, file, first, last)) return at;
    return null;
  }

  runsOf(file, line) {
    const found = [];
    for (let at = 0; at < this.length; at += 1) if (this.isAt(at, file, line, line)) found.push(at);
    return found;
  }

  isAt(step, file, first, last) {
    const line = this.line(step);
    return line >= first && line <= last && this.frame(step).f === file;
  }

  // What the names of a stack level held when they were last seen, by name: `value` counts in the recording's values,
  // `since` is the step whose line bound it (null: an argument), `changed` whether the frame's line before did.
  names(step, level = 0) {
    return this.namesOf(this.stack(step)[level], step, level === 0);
  }

  // The same of the module that a stack level's function is defined in.
  outerNames(step, level = 0) {
    const stack = this.stack(step);
    const frame = this.recording.frames[stack[level].frame];
    const module = this.modules.get(`${frame.f} ${frame.c || ""}`);
    if (module === undefined || module === stack[level].frame) return new Map();
    const own = this.stepsOf[module];
    const before = firstAtLeast(own, step);
    if (!before) return new Map();
    const last = own[before - 1];
    const place = { frame: module, step: last, line: before === own.length ? 0 : this.line(last) };
    return this.namesOf(stack.find((one) => one.frame === module) || place, step, false);
  }

  // The names of a frame; the line that a level is busy with has bound nothing yet.
  namesOf(place, step, current) {
    const found = new Map();
    for (const [name, value] of this.recording.frames[place.frame].a || []) {
      found.set(name, { name, value, since: null, changed: false });
    }
    const busy = current || place.line === this.line(place.step);
    const own = this.stepsOf[place.frame];
    const before = firstAtLeast(own, step);
    const last = current && before ? own[before - 1] : null;
    for (const row of this.changes.get(place.frame) || []) {
      const [at, name, value] = row;
      if (at >= step) break;
      if (busy && at === place.step) continue;
      if (row.length === 2) found.delete(name);
      else found.set(name, { name, value, since: at, changed: at === last });
    }
    return found;
  }

  // The steps of a stack level's frame that are done, before a step.
  ownBefore(place, step) {
    const own = this.stepsOf[place.frame];
    const done = own.slice(0, firstAtLeast(own, step));
    return place.line === this.line(place.step) ? done.filter((at) => at < place.step) : done;
  }

  binds(step) {
    return (this.boundAt.get(step) || []).map(([, name, value, touched]) => (
      { name, value, since: step, changed: true, touched: Boolean(touched) }));
  }

  printed(step) { return this.printedAt.get(step) || ""; }
  raises(step) { return this.raisedAt.get(step) || null; }
  afterGap(step) { return this.gaps.has(step); }
  afterLoop(step) { return this.leftAt.get(step) || null; }
  missed(step) { return this.missedAt.get(step) || []; }

  returns(step) {
    const own = this.stepsOf[this.recording.order[step]];
    const frame = this.frame(step);
    return own[own.length - 1] === step && !frame.cut && frame.r !== undefined ? frame.r : null;
  }

  // For each step, the level of the calling frame during which it happened.
  findCallers() {
    const { order, frames, resumed } = this.recording;
    const other = new Map(resumed.map(([step, parent, line]) => [step, [parent, line]]));
    const current = new Map();
    const runsFor = new Map();
    return order.map((index, step) => {
      const frame = frames[index];
      if (other.has(step)) runsFor.set(index, other.get(step));
      else if (!runsFor.has(index)) runsFor.set(index, [frame.u ?? null, frame.cf || 0]);
      if (!current.has(index) || frame.k === "generator") current.set(index, this.calledBy(step, ...runsFor.get(index)));
      return current.get(index);
    });
  }

  calledBy(step, parent, line) {
    if (parent === null) return null;
    const steps = this.stepsOf[parent];
    const found = firstAtLeast(steps, step + 1) - 1;
    return found < 0 ? null : { frame: parent, step: steps[found], line: line || this.line(steps[found]) };
  }
}

function grouped(pairs) {
  const found = new Map();
  for (const [key, value] of pairs) {
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(value);
  }
  return found;
}

function firstAtLeast(sorted, wanted) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
