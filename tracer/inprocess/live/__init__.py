"""Walks a program live: it really stands still at the stops of a tour, under a debugger. Runs in the target.

Contract
    The plan holds `live`: `stops` (see `stops.py`), `notes` (a file that notes are appended to, one JSON object a
    line), `borrowed` (folders that ipdb is found in when the target's own environment has none, with the names of the
    packages that may be taken from there), `first` and `stage` (where to stop first). Nothing is recorded.

Other than the recorder this is seen by the target: a debugger is loaded into it, and its frames are traced.
"""
