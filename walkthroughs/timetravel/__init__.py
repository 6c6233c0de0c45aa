"""Debugging a run that is over: expressions over what was recorded, breakpoints, a cursor, and two faces of them."""
