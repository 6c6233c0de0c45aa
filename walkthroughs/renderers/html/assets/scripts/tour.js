// The tour's data, and questions about it.
const tour = JSON.parse(byId("tour").textContent);
const walk = tour.recording ? new Walk(tour.recording) : null;
const articles = Array.from(document.querySelectorAll("article.stop"));
const entries = Array.from(document.querySelectorAll("#contents a"));
const root = document.documentElement;

// The stop that a step stands at, or else the last one before it.
const stopsByStep = tour.stops
  .map((stop, index) => ({ step: stop.s, index }))
  .filter((row) => row.step !== undefined)
  .sort((one, other) => one.step - other.step);

function stopAtStep(step) {
  const found = stopsByStep.filter((row) => row.step === step);
  return found.length ? found[0].index : null;
}

function stopBefore(step) {
  const found = stopsByStep.filter((row) => row.step <= step);
  return found.length ? found[found.length - 1].index : 0;
}

function shortName(path) {
  return path.split("/").pop();
}

function functionName(frame) {
  return frame.k === "module" || frame.q === "<module>" ? shortName(tour.files[frame.f].n) : frame.q;
}
