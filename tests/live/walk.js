// Walks a program that waits for a debugger, from stop to stop, with a client that is not ours.
// node walk.js PORT FILE LINE   (a breakpoint of the reader's own)
// Prints one JSON object with what was seen.
const { DebugClient } = require("@vscode/debugadapter-testsupport");
const [port, file, line] = process.argv.slice(2);

async function main() {
  const client = new DebugClient("node", "none", "debugpy");
  client.defaultTimeout = 60000;
  await client.start(Number(port));
  const seen = { notes: "", stops: [], functions: new Set(), breakpoints: [], children: 0 };
  client.on("output", (event) => { if (event.body.category === "console") seen.notes += event.body.output; });
  // A process that the program starts wants a session of its own, at the place that the event names.
  client.on("debugpyAttach", async (event) => {
    const child = new DebugClient("node", "none", "debugpy");
    child.defaultTimeout = 60000;
    await child.start(event.body.connect.port);
    await child.initializeRequest();
    const attached = child.send("attach", event.body);
    await child.waitForEvent("initialized");
    await child.configurationDoneRequest();
    await attached;
    seen.children += 1;
  });
  await client.initializeRequest();
  const attached = client.send("attach", { justMyCode: true });
  await client.waitForEvent("initialized");
  const set = await client.setBreakpointsRequest({ source: { path: file }, breakpoints: [{ line: Number(line) }] });
  seen.breakpoints = set.body.breakpoints.map((row) => row.line);
  let next = client.waitForEvent("stopped");
  const over = new Promise((done) => client.on("terminated", () => done(null)));
  await client.configurationDoneRequest();
  await attached;
  for (;;) {
    const stopped = await Promise.race([next, over]);
    if (stopped === null) break;
    const stack = await client.stackTraceRequest({ threadId: stopped.body.threadId });
    const frames = stack.body.stackFrames;
    seen.stops.push([frames[0].source.path, frames[0].line]);
    frames.forEach((frame) => seen.functions.add(frame.source.path));
    next = client.waitForEvent("stopped");
    next.catch(() => null);
    await client.continueRequest({ threadId: stopped.body.threadId });
  }
  console.log(JSON.stringify({ ...seen, functions: [...seen.functions] }));
  process.exit(0);
}

main().catch((error) => { console.error(error); process.exit(1); });
