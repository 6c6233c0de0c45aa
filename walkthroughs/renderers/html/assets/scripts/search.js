// Search over everything in the page: stops with their notes, functions, names, files and lines of source.
const MOST_FOUND = 40;

function searchItems() {
  if (ui.items) return ui.items;
  const items = tour.stops.map((stop, at) => ({
    kind: `stop ${at + 1}`, text: stop.t, more: articles[at].querySelector(".note")?.textContent || "", go: () => goStop(at, true),
  }));
  const seen = new Set();
  const once = (key, item) => { if (!seen.has(key)) { seen.add(key); items.push(item); } };
  tour.files.forEach((file, at) => items.push({ kind: "file", text: file.n, go: () => goFile(at, 1) }));
  if (walk) {
    walk.recording.frames.forEach((frame, at) => {
      if (!walk.stepsOf[at].length || frame.k === "module") return;
      once(`f ${frame.f} ${frame.q}`, { kind: "function", text: frame.q, note: tour.files[frame.f].n,
        go: () => goStep(walk.stepsOf[at][0]) });
    });
    for (const [step, name] of walk.recording.bound) {
      const frame = walk.frame(step);
      once(`n ${frame.f} ${frame.q} ${name}`, { kind: "name", text: name, note: `in ${functionName(frame)}`, go: () => goStep(step) });
    }
  }
  document.querySelectorAll("#settings tbody tr").forEach((row) => {
    items.push({ kind: "setting", text: row.cells[0].textContent, note: row.cells[1].textContent, go: () => goOverview("settings") });
  });
  tour.files.forEach((file, at) => file.parts.forEach(([first, lines]) => lines.forEach((text, by) => {
    if (text.trim()) items.push({ kind: "line", text: text.trim(), note: `${shortName(file.n)}:${first + by}`, go: () => goLine(at, first + by) });
  })));
  ui.items = items;
  return items;
}

// To a line: stepped to where it ran, else just shown.
function goLine(file, line) {
  const step = walk ? walk.nextAt(-1, file, line) : null;
  if (step === null) goFile(file, line);
  else goStep(step);
}

function found(text) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return [];
  const order = { stop: 0, function: 1, file: 2, name: 3, setting: 4, line: 5 };
  const rows = [];
  for (const item of searchItems()) {
    const head = item.text.toLowerCase();
    const all = item.more ? `${head} ${item.more.toLowerCase()}` : head;
    if (!wanted.every((word) => all.includes(word))) continue;
    const exact = head === wanted.join(" ") ? 0 : head.startsWith(wanted[0]) ? 1 : wanted.every((word) => head.includes(word)) ? 2 : 3;
    rows.push({ item, rank: exact * 10 + order[item.kind.split(" ")[0]] });
  }
  return rows.sort((one, other) => one.rank - other.rank).slice(0, MOST_FOUND).map((row) => row.item);
}

function openSearch() {
  if (!ui.search) buildSearch();
  ui.search.showModal();
  ui.query.select();
}

function buildSearch() {
  ui.results = el("ul", { id: "results", role: "listbox", "aria-label": "Found" });
  ui.query = el("input", { type: "search", role: "combobox", "aria-label": "Search stops, functions, names, files and source",
    "aria-controls": "results", "aria-expanded": "false", "aria-autocomplete": "list", placeholder: "Search stops, functions, names, source …",
    autocomplete: "off", spellcheck: "false", input: showFound, keydown: searchKey });
  ui.nothing = el("p", { class: "faint", hidden: true }, "Nothing found.");
  ui.search = dialog("Search", ui.query, ui.results, ui.nothing);
  ui.search.classList.add("search");
}

function showFound() {
  ui.found = found(ui.query.value);
  ui.results.replaceChildren(...ui.found.map((item, at) => el(
    "li", { role: "option", id: `result-${at}`, "aria-selected": "false", click: () => chooseFound(at) },
    el("span", { class: "kind" }, item.kind), el("span", { class: "text" }, item.text),
    item.note ? el("span", { class: "faint" }, item.note) : null,
  )));
  ui.nothing.hidden = Boolean(ui.found.length || !ui.query.value.trim());
  ui.query.setAttribute("aria-expanded", String(ui.found.length > 0));
  selectFound(0);
}

function selectFound(at) {
  const rows = ui.results.children;
  if (!rows.length) {
    ui.query.removeAttribute("aria-activedescendant");
    return;
  }
  ui.selected = (at + rows.length) % rows.length;
  Array.from(rows).forEach((row, number) => row.setAttribute("aria-selected", String(number === ui.selected)));
  rows[ui.selected].scrollIntoView({ block: "nearest" });
  ui.query.setAttribute("aria-activedescendant", `result-${ui.selected}`);
}

function searchKey(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    selectFound(ui.selected + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter" && ui.found?.length) {
    event.preventDefault();
    chooseFound(ui.selected);
  }
}

function chooseFound(at) {
  ui.search.close();
  ui.found[at].go();
}
