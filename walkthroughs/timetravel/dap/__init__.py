"""A debug adapter (DAP) that replays a recorded tour: editors step through the run, also backward."""
