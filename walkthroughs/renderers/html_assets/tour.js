"use strict";
// Every stop is in the page already; this adds keys, one stop at a time, and the choice of light or dark.
(() => {
  const root = document.documentElement;
  const stops = Array.from(document.querySelectorAll("article"));
  const entries = Array.from(document.querySelectorAll("nav a"));
  if (!stops.length) return;
  document.querySelector(".keys").hidden = false;
  let current = 0;

  function show(index, focus) {
    current = Math.max(0, Math.min(stops.length - 1, index));
    stops.forEach((stop, position) => stop.classList.toggle("current", position === current));
    entries.forEach((entry, position) => {
      if (position === current) entry.setAttribute("aria-current", "step");
      else entry.removeAttribute("aria-current");
    });
    entries[current].scrollIntoView({ block: "nearest" });
    if (focus) {
      history.replaceState(null, "", "#" + stops[current].id);
      stops[current].scrollIntoView({ block: "start" });
      stops[current].focus({ preventScroll: true });
    }
  }

  function nextChapter() {
    const chapter = stops[current].dataset.chapter;
    const found = stops.findIndex((stop, position) => position > current && stop.dataset.chapter !== chapter);
    if (found >= 0) show(found, true);
  }

  function turnLight() {
    const systemDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    const dark = root.classList.contains("dark") || (systemDark && !root.classList.contains("light"));
    root.classList.toggle("dark", !dark);
    root.classList.toggle("light", dark);
  }

  const actions = {
    n: () => show(current + 1, true), ArrowRight: () => show(current + 1, true),
    b: () => show(current - 1, true), ArrowLeft: () => show(current - 1, true),
    c: nextChapter, d: turnLight,
    a: () => { document.body.classList.toggle("one"); show(current, true); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SUMMARY)$/.test(event.target.tagName)) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  function fromAddress() {
    const wanted = stops.findIndex((stop) => "#" + stop.id === location.hash);
    show(wanted >= 0 ? wanted : current, wanted >= 0);
  }
  window.addEventListener("hashchange", fromAddress);
  document.body.classList.add("one");
  fromAddress();
})();
