// Values as rows, built as `renderers/html/values.py` builds them. A value is [shape, dtype, type, text, items].
function valueRow(name, value, options = {}) {
  const [shape, dtype, kind, text, items] = value;
  const head = el(
    "span", { class: "vh" },
    el("code", { class: "vn" }, name),
    " ", shape ? el("span", { class: "sh" }, shape) : null,
    " ", dtype ? el("span", { class: "dt" }, dtype) : null,
    " ", kind ? el("span", { class: "ty" }, kind) : null,
    options.note ? el("span", { class: "since" }, options.note) : null,
  );
  const body = text ? el("span", { class: "vv" }, text) : null;
  const row = el("li", { class: options.changed ? "changed" : null });
  if (items && items.length) {
    const inner = el("ul", { class: "vals" });
    const details = el("details", {}, el("summary", {}, head, body), inner);
    details.addEventListener("toggle", () => {
      if (!inner.childElementCount) inner.append(...items.map((item) => valueRow(item[5], item)));
    });
    row.append(details);
  } else {
    row.append(head);
    if (body) row.append(body);
  }
  return row;
}

// A value in a few words, to stand behind the line that made it.
function brief(name, value) {
  const [shape, dtype, kind, text] = value;
  const said = text && (!shape || shape === "()") ? ` = ${text}` : shape ? ` ${shape} ${dtype || ""}` : ` ${kind || ""}`;
  const whole = (name + said).trim();
  return whole.length > 72 ? `${whole.slice(0, 71)}…` : whole;
}
