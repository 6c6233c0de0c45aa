// The keys, told.
const KEYS = [
  ["n", "next line, over calls"], ["b", "back to the line before, over calls"],
  ["s", "into calls: the next line that ran"], ["S", "back into calls: the line that ran before"],
  ["o", "out of this function"], ["O", "back to the line that called it"],
  ["u", "up the call stack"], ["d", "down the call stack"],
  ["→ or j", "next stop"], ["← or k", "previous stop"], ["c", "next chapter"], ["C", "previous chapter"],
  ["g", "overview, and back"], ["a", "all stops on one page, or one at a time"],
  ["/", "search"], ["e", "open in your editor"], ["h", "open on GitHub"],
  ["m", "copy as Markdown"], ["y", "copy a link to here"],
  ["t", "light or dark"], ["?", "this help"], ["Esc", "close"],
];

function openHelp() {
  if (!ui.help) {
    const rows = KEYS.map(([key, meaning]) => el("div", {}, el("dt", {}, ...keyNames(key)), el("dd", {}, meaning)));
    ui.help = dialog("Keys", el("dl", { class: "keys" }, ...rows),
      el("p", { class: "faint" }, "A click on a line's number goes to the next time that the line ran."));
  }
  ui.help.showModal();
}

function keyNames(key) {
  return key.split(" or ").flatMap((name, at) => [at ? " or " : "", el("kbd", {}, name)]);
}

function dialog(title, ...inner) {
  const id = `dialog-${title.replace(/\W+/g, "-").toLowerCase()}`;
  const box = el("dialog", { "aria-labelledby": id },
    el("div", { class: "dialog-head" }, el("h2", { id }, title), button("close", "Close", "Escape", () => box.close())),
    ...inner);
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  return box;
}
