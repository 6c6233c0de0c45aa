// The page comes to life: panes are built, links inside the page lead to lines, the address says where to begin.
function fromAddress() {
  if (location.hash === "#main") {
    history.replaceState(null, "", fragment());
    byId(place.view === "walk" ? "source" : "main").focus();
    return;
  }
  const [, kind, number, line] = location.hash.match(/^#(stop|step|file)-(\d+)(?:-L(\d+))?$/) || [];
  const at = Number(number) - 1;
  if (kind === "stop" && tour.stops[at]) goStop(at);
  else if (kind === "step" && walk && at >= 0 && at < walk.length) goStep(at);
  else if (kind === "file" && tour.files[at]) goFile(at, Number(line) || 0);
  else {
    place.view = "overview";
    show();
    const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    if (target) target.scrollIntoView({ block: "start" });
  }
}

function leadPlaces() {
  const numbers = new Map(tour.files.map((file, at) => [file.p, at + 1]));
  document.querySelectorAll(".place").forEach((old) => {
    const number = numbers.get(old.dataset.file);
    if (!number) return;
    const line = Number(old.dataset.line);
    const href = `#file-${number}${line ? `-L${line}` : ""}`;
    const make = old.namespaceURI === SVG ? svg : el;
    const link = make("a", { class: "place", href, "data-stage": old.dataset.stage }, ...old.childNodes);
    old.replaceWith(link);
  });
}

function buildTools() {
  ui.progress = el("progress", { max: tour.stops.length || 1, value: 0, "aria-label": "Stops seen" });
  ui.progressText = el("span", { class: "faint" });
  byId("contents").prepend(
    el("a", { class: "home", href: "#overview" }, drawing("map"), "Overview"),
    el("div", { class: "progress" }, ui.progress, ui.progressText),
  );
  ui.menu = button("menu", "Chapters and stops", "", () => toggleContents(), { "aria-expanded": "false",
    "aria-controls": "contents" });
  byId("top").prepend(ui.menu);
  byId("tools").append(button("search", "Search", "/", openSearch), button("theme", "Light or dark", "t", turnLight), button("help", "Keys", "?", openHelp));
}

function toggleContents(open = !root.classList.contains("open")) {
  root.classList.toggle("open", open);
  ui.menu.setAttribute("aria-expanded", String(open));
}

function offerToGoOn() {
  const last = keeping.get(`last ${tour.key}`, 0);
  if (!last || !tour.stops[last] || !document.querySelector(".go")) return;
  document.querySelector(".go").append(el("a", { class: "button second", href: `#stop-${last + 1}` }, `Go on at stop ${last + 1}`));
}

root.classList.add("app");
buildTools();
buildPanes();
leadPlaces();
offerToGoOn();
byId("contents").addEventListener("click", (event) => event.target.closest("a") && toggleContents(false));
addEventListener("hashchange", fromAddress);
fromAddress();
root.classList.add("ready");
