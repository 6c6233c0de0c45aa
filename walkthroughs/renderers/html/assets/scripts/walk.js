// Stepping through a recording, forward and backward: what `walkthroughs/stepping.py` does, move for move.
class Walk {
  constructor(recording) {
    this.recording = recording;
    this.length = recording.order.length;
    this.stepsOf = recording.frames.map(() => []);
    recording.order.forEach((frame, step) => this.stepsOf[frame].push(step));
    this.boundAt = new Map();
    for (const row of recording.bound) {
      if (!this.boundAt.has(row[0])) this.boundAt.set(row[0], []);
      this.boundAt.get(row[0]).push(row);
    }
    this.printedAt = new Map(recording.printed);
    this.gaps = new Set(recording.gaps);
    this.callers = this.findCallers();
  }

  frame(step) { return this.recording.frames[this.recording.order[step]]; }
  line(step) { return this.recording.lines[step]; }
  into(step) { return step + 1 < this.length ? step + 1 : null; }
  back(step) { return step > 0 ? step - 1 : null; }
  over(step) { return this.nextIn(this.framesFrom(step, 0), step); }
  out(step) { return this.nextIn(this.framesFrom(step, 1), step); }
  backOut(step) { return this.callers[step]; }

  backOver(step) {
    const frames = this.framesFrom(step, 0);
    for (let at = step - 1; at >= 0; at -= 1) if (frames.has(this.recording.order[at])) return at;
    return null;
  }

  nextAt(step, file, first, last = first) {
    for (let at = step + 1; at < this.length; at += 1) if (this.isAt(at, file, first, last)) return at;
    return null;
  }

  previousAt(step, file, first, last = first) {
    for (let at = step - 1; at >= 0; at -= 1) if (this.isAt(at, file, first, last)) return at;
    return null;
  }

  stack(step) {
    const found = [{ frame: this.recording.order[step], step }];
    for (let above = this.callers[step]; above !== null; above = this.callers[above]) {
      found.push({ frame: this.recording.order[above], step: above });
    }
    return found;
  }

  // What the names of a stack level held, by name: `value` counts in the recording's values, `since` is the step whose
  // line bound it (null: an argument), `changed` whether the frame's line before this step did.
  names(step, level = 0) {
    const place = this.stack(step)[level];
    const found = new Map();
    for (const [name, value] of this.recording.frames[place.frame].a || []) {
      found.set(name, { name, value, since: null, changed: false });
    }
    const before = this.ownBefore(place);
    for (const at of before) {
      for (const [, name, value] of this.boundAt.get(at) || []) {
        const changed = at === before[before.length - 1] && level === 0;
        found.set(name, { name, value, since: at, changed });
      }
    }
    return found;
  }

  // The steps of a stack level's frame before the one it stands at.
  ownBefore(place) {
    const own = this.stepsOf[place.frame];
    return own.slice(0, firstAtLeast(own, place.step));
  }

  binds(step) {
    return (this.boundAt.get(step) || []).map(([, name, value, touched]) => (
      { name, value, since: step, changed: true, touched: Boolean(touched) }));
  }

  printed(step) { return this.printedAt.get(step) || ""; }
  afterGap(step) { return this.gaps.has(step); }

  returns(step) {
    const own = this.stepsOf[this.recording.order[step]];
    const value = this.frame(step).r;
    return own[own.length - 1] === step && value !== undefined ? value : null;
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

  framesFrom(step, level) {
    return new Set(this.stack(step).slice(level).map((place) => place.frame));
  }

  nextIn(frames, step) {
    for (let at = step + 1; at < this.length; at += 1) if (frames.has(this.recording.order[at])) return at;
    return null;
  }

  // For each step, the step of the calling frame during which it happened.
  findCallers() {
    const { order, frames } = this.recording;
    const callers = [];
    const current = new Map();
    order.forEach((index, step) => {
      const frame = frames[index];
      const known = current.has(index);
      if (!known || (frame.k === "generator" && !this.within(callers, step - 1, index))) {
        current.set(index, known ? this.resumedBy(step, frame) : this.calledBy(step, frame));
      }
      callers.push(current.get(index));
    });
    return callers;
  }

  // Whether a frame was running, itself or in what it called, at a step.
  within(callers, step, index) {
    for (let at = step; at !== null; at = callers[at]) if (this.recording.order[at] === index) return true;
    return false;
  }

  calledBy(step, frame) {
    if (frame.u === undefined) return null;
    const steps = this.stepsOf[frame.u];
    const found = firstAtLeast(steps, step + 1) - 1;
    return found >= 0 ? steps[found] : null;
  }

  // Who went on with a generator: who began it, if that is still running; else whoever ran just before.
  resumedBy(step, frame) {
    if (frame.u !== undefined) {
      const steps = this.stepsOf[frame.u];
      if (steps[steps.length - 1] > step) return this.calledBy(step, frame);
    }
    return step - 1;
  }
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
