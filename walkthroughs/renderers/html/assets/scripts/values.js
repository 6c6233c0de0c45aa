// Values as rows, built as `renderers/html/values.py` builds them. A value is [shape, dtype, type, text, items, picture].
function valueRow(name, value, options = {}) {
  const [shape, dtype, kind, text, items, picture] = value;
  const head = el(
    "span", { class: "vh" },
    el("code", { class: "vn" }, name),
    " ", shape ? el("span", { class: "sh" }, shape) : null,
    " ", dtype ? el("span", { class: "dt" }, dtype) : null,
    " ", kind ? el("span", { class: "ty" }, kind) : null,
    options.note ? el("span", { class: "since" }, options.note) : null,
  );
  const body = text ? el("span", { class: "vv" }, text) : null;
  const [address, width, height, alt] = picture || [];
  const shown = address ? el("img", { class: "grid", src: address, width, height, alt, title: alt }) : null;
  const row = el("li", { class: options.changed ? "changed" : null });
  if (items && items.length) {
    const inner = el("ul", { class: "vals" });
    const details = el("details", {}, el("summary", {}, head, body, shown), inner);
    details.addEventListener("toggle", () => {
      if (!inner.childElementCount) inner.append(...items.map((item) => valueRow(item[6], item)));
    });
    row.append(details);
  } else {
    row.append(head);
    if (body) row.append(body);
    if (shown) row.append(shown);
  }
  return row;
}

// A value in a few words, to stand behind the line that made it.
function brief(name, value) {
  const [shape, dtype, kind, text] = value;
  const array = shape && shape.startsWith("(") && shape !== "()";
  const said = text && !array ? ` = ${text}` : ` ${shape || kind || ""} ${array ? dtype || "" : ""}`;
  const whole = (name + said).trim();
  return whole.length > 72 ? `${whole.slice(0, 71)}…` : whole;
}
