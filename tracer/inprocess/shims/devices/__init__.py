"""How libraries are asked for a device, one file per kind, and what they are asked for instead. Runs in the target."""
