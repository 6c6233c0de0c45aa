// The way that one visit took through its function, drawn beside its lines: what ran already, and what is to come.
function drawPath(pane, lines, position) {
  const at = lines.map((line) => pane.rowOf.get(line)).filter((row) => row !== undefined);
  pane.layer.replaceChildren();
  if (at.length !== lines.length || !lines.length) return;
  const middle = (row) => row * LINE + LINE / 2;
  const seen = new Map();
  for (let step = 1; step < at.length; step += 1) {
    const key = `${at[step - 1]} ${at[step]}`;
    const past = step <= position;
    if (at[step - 1] !== at[step] && !(seen.get(key) || false)) seen.set(key, past);
  }
  const edges = [];
  for (const [key, past] of seen) {
    const [from, to] = key.split(" ").map(Number);
    const kind = past ? "past" : "later";
    const d = to > from
      ? `M17 ${middle(from)}V${middle(to)}`
      : `M17 ${middle(from)}h-5q-6 0-6-6V${middle(to) + 6}q0-6 6-6h2`;
    edges.push([past, svg("path", { class: kind + (to > from ? "" : " again"), d })]);
  }
  edges.sort((one, other) => one[0] - other[0]);
  pane.layer.append(...edges.map((edge) => edge[1]));
  const reached = new Set(at.slice(0, position + 1));
  for (const row of new Set(at)) {
    pane.layer.append(svg("circle", { class: reached.has(row) ? "past" : "later", cx: 17, cy: middle(row), r: 3 }));
  }
  if (at[position] !== undefined) pane.layer.append(svg("circle", { class: "here", cx: 17, cy: middle(at[position]), r: 5 }));
}
