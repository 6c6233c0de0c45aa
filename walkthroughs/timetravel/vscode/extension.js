// Starts `repotour dap` for each debugging session of the type "repotour". Plain JavaScript: there is nothing to build.
const vscode = require("vscode");

function activate(context) {
  const factory = {
    createDebugAdapterDescriptor() {
      const words = vscode.workspace.getConfiguration("repotour").get("command", ["repotour"]);
      return new vscode.DebugAdapterExecutable(words[0], [...words.slice(1), "dap"]);
    },
  };
  context.subscriptions.push(vscode.debug.registerDebugAdapterDescriptorFactory("repotour", factory));
}

module.exports = { activate, deactivate() {} };
