// Drives the replay adapter through a whole tour with a client that is not ours: @vscode/debugadapter-testsupport.
// node whole_tour.js PYTHON TOUR LINE   (LINE: a line of steps.py that runs several times)
// Prints one JSON object with what was seen.
const { DebugClient } = require("@vscode/debugadapter-testsupport");
const [python, tour, line] = process.argv.slice(2);

async function main() {
  const client = new DebugClient(python, "-m", "repotour");
  client.defaultTimeout = 20000;
  // The client would start `RUNTIME PROGRAM`; ours has words behind it, so it is started here.
  const server = require("child_process").spawn(python, ["-m", "repotour", "dap", "--port", "0"]);
  let said = "";
  const port = await new Promise((found, failed) => {
    server.stderr.on("data", (text) => {
      said += text;
      const number = /Serving on [^ ]*:(\d+) /.exec(said);
      if (number) found(Number(number[1]));
    });
    server.on("exit", () => failed(new Error(said)));
  });
  await client.start(port);
  const seen = { forward: 0, backward: 0, hits: [], slowest: 0 };
  const order = [];
  client.on("stopped", () => order.push("stopped"));
  const able = await client.initializeRequest();
  seen.stepBack = able.body.supportsStepBack;
  await client.launchRequest({ tour });
  const set = await client.setBreakpointsRequest({ source: { path: "steps.py" }, breakpoints: [{ line: Number(line) }] });
  seen.verified = set.body.breakpoints[0].verified;
  const [, entry] = await Promise.all([client.configurationDoneRequest(), client.waitForEvent("stopped")]);
  seen.entry = entry.body.reason;
  const step = async (request) => {
    const began = Date.now();
    const [, stopped] = await Promise.all([client.send(request, { threadId: 1 }), client.waitForEvent("stopped")]);
    const stack = await client.stackTraceRequest({ threadId: 1 });
    seen.slowest = Math.max(seen.slowest, Date.now() - began);
    return [stopped.body, stack.body.stackFrames];
  };
  for (const direction of ["continue", "reverseContinue"]) {
    for (;;) {
      const [stopped, frames] = await step(direction);
      if (stopped.reason !== "breakpoint") break;
      seen.hits.push(frames[0].line);
    }
  }
  await client.setBreakpointsRequest({ source: { path: "steps.py" }, breakpoints: [] });
  for (const [request, name] of [["stepIn", "forward"], ["stepBack", "backward"]]) {
    for (;;) {
      const [stopped, frames] = await step(request);
      if (stopped.description) break;
      seen[name] += 1;
      const scopes = await client.scopesRequest({ frameId: frames[0].id });
      await client.variablesRequest({ variablesReference: scopes.body.scopes[0].variablesReference });
    }
  }
  const source = await client.send("source", { sourceReference: 1 });
  seen.source = source.body.content.split("\n").length;
  await client.disconnectRequest();
  server.kill("SIGINT");
  console.log(JSON.stringify(seen));
  process.exit(0);
}

main().catch((error) => { console.error(error); process.exit(1); });
