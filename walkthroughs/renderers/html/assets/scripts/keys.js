// Keys, as in a debugger; none is taken while the reader writes or holds Ctrl, Alt or Command.
const ACTIONS = {
  n: () => move("over"), b: () => move("backOver"), s: () => move("into"), S: () => move("back"),
  o: () => move("out"), O: () => move("backOut"), u: () => climb(1), d: () => climb(-1),
  ArrowRight: () => nextStop(1), ArrowLeft: () => nextStop(-1), j: () => nextStop(1), k: () => nextStop(-1),
  c: () => nextChapter(1), C: () => nextChapter(-1),
  g: () => (place.view === "overview" ? goStop(place.stop, true) : goOverview()),
  "/": openSearch, e: openEditor, h: openGithub, m: copyMarkdown, y: copyLink,
  a: readAll, t: turnLight, "?": openHelp,
};

function readAll() {
  const all = root.classList.toggle("all");
  root.classList.toggle("app", !all);
  if (all) articles[place.stop]?.scrollIntoView({ block: "start" });
  else show();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const { tagName, type } = event.target;
  if (/^(TEXTAREA|SELECT)$/.test(tagName) || (tagName === "INPUT" && type !== "range")) return;
  if (tagName === "INPUT" && event.key.startsWith("Arrow")) return;
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
