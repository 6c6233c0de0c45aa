// Light or dark: as the system says until the reader chooses.
function isDark() {
  if (root.classList.contains("dark")) return true;
  return !root.classList.contains("light") && matchMedia("(prefers-color-scheme: dark)").matches;
}

function setTheme(name) {
  root.classList.toggle("dark", name === "dark");
  root.classList.toggle("light", name === "light");
  if (ui.strip) ui.strip.draw();
}

function turnLight() {
  const name = isDark() ? "light" : "dark";
  setTheme(name);
  keeping.set("theme", name);
  say(`${name} colours`);
}
setTheme(keeping.get("theme", ""));
