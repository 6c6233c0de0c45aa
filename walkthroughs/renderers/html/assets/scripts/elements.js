// Making elements. Texts go in as texts: nothing in this script makes markup from a string, and the page's policy
// (trusted types) would not let it.
const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

const DRAWINGS = {
  over: "M2 11a6 6 0 0 1 11-3M13 3v5H8M8 14h.01",
  back: "M14 11a6 6 0 0 0-11-3M3 3v5h5M8 14h.01",
  into: "M8 1v8M4.5 6 8 9.5 11.5 6M8 14h.01",
  out: "M8 9.5V1.5M4.5 5 8 1.5 11.5 5M8 14h.01",
  next: "M6 3l5 5-5 5", previous: "M10 3L5 8l5 5",
  search: "M11 11l3.5 3.5M12 7A5 5 0 1 1 2 7a5 5 0 0 1 10 0z",
  theme: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
  help: "M5.5 5.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M8 13h.01",
  menu: "M2 4h12M2 8h12M2 12h12",
  copy: "M5.5 5.5V2.5h8v8h-3M2.5 5.5h8v8h-8z",
  edit: "M10 3l3 3-7.5 7.5H2.5v-3zM8.5 4.5l3 3",
  link: "M6.5 9.5l3-3M7 4.5l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5L7.5 13A3.2 3.2 0 0 1 3 8.5L4.5 7",
  away: "M6 3H3v10h10v-3M9 2.5h4.5V7M13 3L7.5 8.5",
  map: "M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z",
  plus: "M8 3v10M3 8h10", minus: "M3 8h10", whole: "M2 8h12M4.5 5.5L2 8l2.5 2.5M11.5 5.5L14 8l-2.5 2.5",
  close: "M4 4l8 8M12 4l-8 8",
};

function drawing(name) {
  const picture = svg("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" });
  picture.append(svg("path", { d: DRAWINGS[name] }));
  return picture;
}

function button(icon, label, key, action, attributes) {
  const title = key ? `${label} (${key})` : label;
  return el(
    "button",
    { type: "button", class: "tool", "aria-label": label, title, "aria-keyshortcuts": key || null, click: action,
      ...attributes },
    drawing(icon),
  );
}
