// The call stack at a step, innermost first, as a list whose levels one can stand on.
function stackRows(step) {
  const rows = walk.stack(step).map((place) => {
    const frame = walk.recording.frames[place.frame];
    return { name: functionName(frame), file: frame.f, line: place.line, place, via: frame.via };
  });
  for (const outer of walk.above(step)) rows.push({ name: functionName(outer), file: outer.f, line: outer.l, place: null });
  return rows;
}

function drawStack(box, step, level, choose) {
  box.replaceChildren(...stackRows(step).map((row, at) => {
    const where = `${tour.files[row.file].n}:${row.line}`;
    const inner = [el("code", {}, row.name), el("span", { class: "where" }, where),
      row.via ? el("span", { class: "via" }, `called by ${row.via}`) : null];
    if (!row.place) return el("li", {}, el("span", { class: "level" }, ...inner));
    return el("li", {}, el("button", { type: "button", class: "level", "aria-current": at === level ? "true" : null,
      click: () => choose(at) }, ...inner));
  }));
}
