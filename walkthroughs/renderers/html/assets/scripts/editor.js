// From a line to the reader's own editor, and to GitHub. The tour knows no path of any machine: the reader says once
// where the checkout is, and the browser keeps it.
const EDITORS = [["vscode", "VS Code"], ["vscodium", "VSCodium"], ["cursor", "Cursor"], ["windsurf", "Windsurf"], ["zed", "Zed"]];

function isForeign(path) {
  return /^(site-packages\/|<|\/|\.\.\/)/.test(path);
}

function editorAddress(file, line) {
  const { folder, editor } = keeping.get(`checkout ${tour.repository}`, {});
  const path = tour.files[file].p;
  if (!folder || isForeign(path) || !EDITORS.some(([name]) => name === editor)) return "";
  const whole = `${folder.replaceAll("\\", "/").replace(/\/+$/, "")}/${path}`.replace(/^\/+/, "");
  const parts = whole.split("/").map((part, at) => (at === 0 && /^[A-Za-z]:$/.test(part) ? part : encodeURIComponent(part)));
  return `${editor}://file/${parts.join("/")}:${line}`;
}

function githubAddress(file, line) {
  const { url, p } = tour.files[file];
  if (!url) return "";
  return `${url}${p.endsWith(".ipynb") ? "?plain=1" : ""}#L${line}`;
}

function openEditor() {
  const { file, line } = standpoint();
  const address = editorAddress(file, line);
  if (address) location.href = address;
  else askFolder();
}

function askFolder() {
  if (!ui.editor) {
    const known = keeping.get(`checkout ${tour.repository}`, {});
    const folder = el("input", { type: "text", id: "folder", autofocus: true, value: known.folder || "", spellcheck: "false", placeholder: "/home/you/repository" });
    const editor = el("select", { id: "editor" }, ...EDITORS.map(([name, title]) => el("option", { value: name, selected: name === known.editor }, title)));
    const save = () => {
      const text = folder.value.trim();
      const fits = /^(\/|[A-Za-z]:[\\/])/.test(text);
      wrong.hidden = fits;
      if (!fits) return;
      keeping.set(`checkout ${tour.repository}`, { folder: text, editor: editor.value });
      ui.editor.close();
      show();
    };
    const wrong = el("p", { class: "bad", role: "alert", hidden: true }, "This has to be a whole path: it begins with / or with a drive such as C:\\.");
    folder.addEventListener("keydown", (event) => event.key === "Enter" && save());
    ui.editor = dialog("Open in your editor",
      el("p", {}, "Where is your checkout of this repository? Only this browser keeps the answer."),
      el("p", { class: "field" }, el("label", { for: "folder" }, "Folder"), folder), wrong,
      el("p", { class: "field" }, el("label", { for: "editor" }, "Editor"), editor),
      el("p", {}, el("button", { type: "button", class: "button", click: save }, "Save")));
  }
  ui.editor.showModal();
}

function openGithub() {
  const { file, line } = standpoint();
  const address = githubAddress(file, line);
  if (address) window.open(address, "_blank", "noopener");
  else say("This file is not on GitHub at the commit of the tour.");
}

function drawActions(at) {
  const links = [];
  const github = githubAddress(at.file, at.line);
  if (github) links.push(el("a", { class: "tool", href: github, target: "_blank", rel: "noopener noreferrer", title: "On GitHub (h)",
    "aria-label": "This line on GitHub" }, drawing("away")));
  const editor = editorAddress(at.file, at.line);
  if (editor) links.push(el("a", { class: "tool", href: editor, title: "Open in your editor (e)", "aria-label": "Open in your editor" }, drawing("edit")));
  else if (!isForeign(tour.files[at.file].p)) links.push(button("edit", "Open in your editor", "e", askFolder));
  ui.actions.replaceChildren(...links, button("copy", "Copy as Markdown", "m", copyMarkdown), button("link", "Copy a link to here", "y", copyLink));
}
