// Where the reader stands, and the moves from there. A stop is one place of the telling, a step one recorded line.
const place = { view: "overview", stop: 0, step: null, level: 0, browse: null };
const visited = new Set(keeping.get(`visited ${tour.key}`, []));
const ui = {};

function buildPanes() {
  const code = byId("code");
  code.hidden = false;
  ui.crumbs = el("div", { class: "crumbs" });
  ui.actions = el("div", { class: "actions" });
  ui.box = el("div", { id: "source", tabindex: "0", role: "region", "aria-label": "Source file" });
  ui.moves = el("div", { class: "moves", role: "toolbar", "aria-label": "Move through the run" });
  code.append(el("div", { class: "toolbar" }, ui.crumbs, ui.actions), ui.box, ui.moves);
  ui.pane = new SourcePane(ui.box, { line: runToLine });
  ui.live = el("div", { id: "live" });
  byId("side").append(ui.live);
  ui.said = el("p", { class: "unseen", role: "status", "aria-live": "polite" });
  document.body.append(ui.said);
  if (walk) {
    ui.strip = new Strip((step) => goStep(step));
    ui.moves.append(
      el("span", { class: "group" },
        button("previous", "Previous stop", "ArrowLeft", () => nextStop(-1)),
        button("next", "Next stop", "ArrowRight", () => nextStop(1))),
      el("span", { class: "group" },
        button("back", "Back over calls, to the line before", "b", () => move("backOver")),
        button("over", "Next line, over calls", "n", () => move("over")),
        button("into", "Into calls, to the next line that ran", "s", () => move("into")),
        button("out", "Out, to the line after this function returns", "o", () => move("out"))),
      ui.strip.element,
    );
  } else {
    ui.moves.append(el("span", { class: "group" },
      button("previous", "Previous stop", "ArrowLeft", () => nextStop(-1)),
      button("next", "Next stop", "ArrowRight", () => nextStop(1))),
      el("span", { class: "faint" }, "This tour has no recorded lines to step through."));
  }
}

function say(text) {
  ui.said.textContent = text;
}

function goStop(index, focus = false) {
  if (!tour.stops.length) return;
  place.stop = Math.max(0, Math.min(tour.stops.length - 1, index));
  const { s } = tour.stops[place.stop];
  Object.assign(place, { view: "walk", step: s === undefined ? null : s, level: 0, browse: null });
  visited.add(place.stop);
  keeping.set(`visited ${tour.key}`, [...visited]);
  show();
  if (focus) articles[place.stop].focus({ preventScroll: true });
}

function goStep(step) {
  if (!walk || step === null) return;
  const stop = stopAtStep(step);
  Object.assign(place, { view: "walk", step, level: 0, browse: null, stop: stop === null ? stopBefore(step) : stop });
  if (stop !== null) {
    visited.add(stop);
    keeping.set(`visited ${tour.key}`, [...visited]);
  }
  show();
}

function goFile(file, line) {
  if (file === -1) return;
  Object.assign(place, { view: "walk", browse: { file, line } });
  show();
}

function goOverview(id = "overview") {
  place.view = "overview";
  show();
  const target = byId(id);
  target.scrollIntoView({ block: "start" });
  target.focus({ preventScroll: true });
}

function nextStop(by) {
  if (place.view === "overview") goStop(by > 0 ? place.stop : place.stop - 1, true);
  else if (by < 0 && isOff()) goStop(place.stop, true);
  else goStop(place.stop + by, true);
}

function nextChapter(by) {
  const chapter = tour.stops[place.stop].p;
  for (let at = place.stop + by; at >= 0 && at < tour.stops.length; at += by) {
    if (tour.stops[at].p === chapter) continue;
    let first = at;
    while (first > 0 && tour.stops[first - 1].p === tour.stops[at].p) first -= 1;
    goStop(by > 0 ? at : first, true);
    return;
  }
}

// The step that stands for where the reader is, also when the stop itself is not in the recording.
function standing() {
  if (!walk) return null;
  if (place.step !== null) return place.step;
  const stop = tour.stops[place.stop];
  const runs = walk.nextAt(-1, stop.f, stop.l, stop.e);
  return runs;
}

function move(name) {
  if (place.view !== "walk") goStop(place.stop);
  const step = standing();
  if (step === null) {
    tell(walk ? "No recorded line runs here." : "This tour has no recorded lines.");
    return;
  }
  const next = place.step === null ? step : walk[name](step);
  if (next === null) tell(/^back/.test(name) ? "The recording begins here." : "The recording ends here.");
  else goStep(next);
}

function climb(by) {
  if (!walk || place.step === null) return;
  const most = walk.stack(place.step).length - 1;
  const level = Math.max(0, Math.min(most, place.level + by));
  if (level === place.level) tell(by > 0 ? "This is the outermost recorded call." : "This is the innermost call.");
  place.level = level;
  place.browse = null;
  show();
}

// From where the reader stands to the next time that a line ran; from the last time on to the first.
function runToLine(file, line) {
  if (!walk) return;
  const from = place.step === null ? -1 : place.step;
  const next = walk.nextAt(from, file, line) ?? walk.nextAt(-1, file, line);
  if (next === null) tell(`Line ${line} did not run in what was recorded.`);
  else goStep(next);
}

function isOff() {
  return place.step !== null && tour.stops[place.stop].s !== place.step;
}

function fragment() {
  if (place.view === "overview") return "#overview";
  if (place.browse) return `#file-${place.browse.file + 1}${place.browse.line ? `-L${place.browse.line}` : ""}`;
  return isOff() ? `#step-${place.step + 1}` : `#stop-${place.stop + 1}`;
}

function show() {
  root.dataset.view = place.view;
  entries.forEach((entry, at) => {
    if (place.view === "walk" && at === place.stop) entry.setAttribute("aria-current", "step");
    else entry.removeAttribute("aria-current");
    entry.classList.toggle("seen", visited.has(at));
  });
  ui.progress.value = visited.size;
  ui.progressText.textContent = `${visited.size} of ${tour.stops.length} seen`;
  if (fragment() !== location.hash) history.replaceState(null, "", fragment());
  if (place.view === "overview") return;
  keeping.set(`last ${tour.key}`, place.stop);
  entries[place.stop]?.scrollIntoView({ block: "nearest" });
  articles.forEach((article, at) => article.classList.toggle("current", at === place.stop));
  root.classList.toggle("off", isOff());
  const at = standpoint();
  ui.pane.open(at.file);
  paint(at);
  ui.pane.reveal(at.line);
  drawCrumbs(at);
  drawActions(at);
  drawLive();
  if (ui.strip) ui.strip.show(standing() ?? 0);
  say(`${tour.files[at.file].n}, line ${at.line}${at.name ? `, ${at.name}` : ""}`);
}

// The file, line and frame that the centre shows.
function standpoint() {
  if (place.browse) return { file: place.browse.file, line: place.browse.line || 1, name: "", level: null };
  if (place.step === null) {
    const stop = tour.stops[place.stop];
    return { file: stop.f, line: stop.l, name: stop.q, level: null };
  }
  const level = walk.stack(place.step)[place.level];
  const frame = walk.recording.frames[level.frame];
  return { file: frame.f, line: level.line, name: functionName(frame), level, frame };
}

function paint(at) {
  const marks = new Map();
  const mark = (line) => {
    if (!marks.has(line)) marks.set(line, { kinds: [], said: "" });
    return marks.get(line);
  };
  const stop = tour.stops[place.stop];
  if (!place.browse && stop.f === at.file && !isOff()) {
    for (let line = stop.l; line <= stop.e; line += 1) mark(line).kinds.push("lit");
  }
  ui.pane.layer.replaceChildren();
  if (place.browse && place.browse.line) mark(place.browse.line).kinds.push("now");
  if (at.level) {
    const own = walk.stepsOf[at.level.frame];
    const before = walk.ownBefore(at.level, place.step);
    const ran = new Set(own.map((step) => walk.line(step)));
    dim(mark, ran, at);
    drawPath(ui.pane, own.map((step) => walk.line(step)), before.length);
    whisper(mark, before);
    mark(at.line).kinds.push(place.level ? "above" : "now");
    if (!place.level) {
      const next = walk.binds(place.step).map((row) => briefly(row));
      if (next.length) mark(at.line).said = `⇒ ${next.slice(0, 4).join(", ")}`;
    }
  }
  ui.pane.paint(marks);
}

// Statements of the function that this visit did not run are pale.
function dim(mark, ran, at) {
  if (at.frame.k === "module" || at.frame.k === "class" || at.frame.cut) return;
  for (const span of tour.files[at.file].code || []) {
    const [first, last] = Array.isArray(span) ? span : [span, span];
    if (first <= at.frame.l || last > at.frame.e) continue;
    let did = false;
    for (let line = first; line <= last; line += 1) did = did || ran.has(line);
    for (let line = first; line <= last && !did; line += 1) mark(line).kinds.push("off");
  }
}

// Behind each line that ran, what it bound the last time.
function whisper(mark, before) {
  const said = new Map();
  for (const step of before) {
    const rows = walk.binds(step);
    if (rows.length) said.set(walk.line(step), rows);
  }
  for (const [line, rows] of said) {
    mark(line).said = rows.slice(0, 3).map((row) => briefly(row)).join(", ");
  }
}

function briefly(row) {
  return row.touched ? `${row.name} changed in place` : brief(row.name, valueAt(row.value));
}

function drawCrumbs(at) {
  const file = tour.files[at.file];
  const visit = at.frame && at.frame.k !== "module" && at.frame.k !== "class"
    ? el("span", { class: "visit" }, `visit ${(at.frame.v || 0) + 1}`) : null;
  ui.crumbs.replaceChildren(
    el("span", { class: "file", title: file.p }, file.n),
    at.name ? el("span", { class: "function" }, at.name) : "",
    ...(visit ? [visit] : []),
    ...(place.browse ? [el("button", { type: "button", class: "plain", click: () => { place.browse = null; show(); } },
      "back to where you were")] : []),
  );
}

function drawLive() {
  ui.live.replaceChildren();
  if (place.step === null) return;
  const { step, level } = place;
  if (isOff()) ui.live.append(el("h2", { class: "unseen" }, `At line ${walk.line(step)}`), banner());
  const loop = walk.afterLoop(step);
  if (loop) ui.live.append(el("p", { class: "gapnote" },
    `The loop on line ${loop[0]} was left here by RepoTour, after ${count(loop[1], "iteration")}.`));
  else if (walk.afterGap(step)) ui.live.append(el("p", { class: "gapnote" }, "Lines before this one ran, or may have, without being recorded."));
  if (isOff() && !level) {
    section("This line makes", "makes", walk.binds(step).map((row) => valueRow(row.name, valueAt(row.value), row)), true);
  }
  const result = level ? null : walk.returns(step);
  if (result !== null) section("The function gives back", "makes", [valueRow("return", valueAt(result), {})], true);
  const printed = level ? "" : walk.printed(step);
  if (printed) ui.live.append(panel("This line prints", el("pre", { class: "words", tabindex: "0" }, printed), true));
  const raised = level ? null : walk.raises(step);
  if (raised) ui.live.append(panel("This line raises", el("p", { class: "raised" }, el("code", {}, raised[0]), ` ${raised[1]}`), true));
  const missed = level ? [] : walk.missed(step);
  if (missed.length) ui.live.append(panel("Called from here, not to be stepped into", el("ul", { class: "missed" }, ...missed.map(missedRow)), true));
  const at = walk.stack(step)[level];
  const name = functionName(walk.recording.frames[at.frame]);
  const names = [...walk.names(step, level).values()].reverse().sort((one, other) => other.changed - one.changed);
  const rows = names.map((row) => valueRow(row.name, valueAt(row.value), {
    changed: row.changed, note: row.since === null ? "argument" : `line ${walk.line(row.since)}`,
  }));
  section(`Names in ${name}`, "names", rows, true);
  const outer = [...walk.outerNames(step, level).values()].map((row) => valueRow(row.name, valueAt(row.value), {}));
  section("Names of its module", "names", outer, false);
  const list = el("ol", { class: "stack" });
  drawStack(list, step, level, (chosen) => climb(chosen - place.level));
  ui.live.append(panel("Call stack", list, true));
}

function missedRow(row) {
  const why = row.r ? "recorded, but left out to keep the tour small" : "not recorded";
  const times = row.c > 1 ? `, ${row.c} times` : "";
  return el("li", {}, el("a", { href: `#file-${row.f + 1}-L${row.l}` }, row.q || shortName(tour.files[row.f].n)), `${times}: ${why}`);
}

function valueAt(index) {
  return walk.recording.values[index];
}

function section(title, kind, rows, open) {
  if (rows.length) ui.live.append(panel(title, el("ul", { class: `vals ${kind}` }, ...rows), open));
}

function panel(title, inner, open) {
  const known = keeping.get(`panel ${title.split(" ")[0]}`, open);
  const details = el("details", { class: "panel", open: known }, el("summary", {}, el("h3", {}, title)), inner);
  details.addEventListener("toggle", () => keeping.set(`panel ${title.split(" ")[0]}`, details.open));
  return details;
}

function banner() {
  const stop = tour.stops[place.stop];
  return el("p", { class: "banner" }, "Stepping on from ",
    el("a", { href: `#stop-${place.stop + 1}` }, `stop ${place.stop + 1}`), `: ${stop.t}`);
}
