// The stop, or the line stepped to, as Markdown; and a link to it.
async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { class: "unseen" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  tell(`${what} copied`);
}

function copyMarkdown() {
  copy(isOff() ? stepMarkdown() : stopMarkdown(place.stop), isOff() ? "Line" : "Stop");
}

function copyLink() {
  copy(location.href, "Link");
}

function stopMarkdown(at) {
  const stop = tour.stops[at];
  const first = Math.max(1, stop.l - 3);
  const last = Math.max(stop.e, stop.l) + 3;
  return `### ${plain(stop.t)}\n\n${whereMarkdown(stop.f, stop.l, stop.q)}\n\n${fenced(sourceLines(stop.f, first, last))}\n\n${stop.md}\n`;
}

function stepMarkdown() {
  const at = standpoint();
  const made = walk.binds(place.step).map((row) => `- ${code(row.name)}: ${code(briefly(row))}`).join("\n");
  const before = Math.max(1, at.line - 3);
  return `${whereMarkdown(at.file, at.line, at.name)}\n\n${fenced(sourceLines(at.file, before, at.line + 3))}\n${made ? `\n${made}\n` : ""}`;
}

function whereMarkdown(file, line, name) {
  const url = githubAddress(file, line);
  const text = code(`${tour.files[file].p}:${line}`);
  return `${url ? `[${text}](${url})` : text} in ${code(name)}`;
}

function sourceLines(file, first, last) {
  const found = [];
  for (const [start, lines] of tour.files[file].parts) {
    lines.forEach((text, by) => { if (start + by >= first && start + by <= last) found.push(text); });
  }
  return found;
}

function fenced(lines) {
  const longest = lines.join("\n").match(/`{3,}/g)?.reduce((most, run) => Math.max(most, run.length), 2) || 2;
  const ticks = "`".repeat(longest + 1);
  return `${ticks}python\n${lines.join("\n")}\n${ticks}`;
}

function code(text) {
  const longest = text.match(/`+/g)?.reduce((most, run) => Math.max(most, run.length), 0) || 0;
  const ticks = "`".repeat(longest + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

function plain(text) {
  return text.replace(/([\\`*_[\]<>#|~$])/g, "\\$1");
}

// A word that is seen for a moment, and read out.
function tell(text) {
  say(text);
  if (!ui.toast) {
    ui.toast = el("div", { class: "toast", "aria-hidden": "true" });
    document.body.append(ui.toast);
  }
  ui.toast.textContent = text;
  ui.toast.classList.add("shown");
  clearTimeout(ui.toastTimer);
  ui.toastTimer = setTimeout(() => ui.toast.classList.remove("shown"), 1600);
}
