"""The only code that runs inside the target: stdlib-only, Python 3.9 and later, loaded by path.

The files here are never imported as a package by the target. `recorder.py` is started as a script, loads its siblings by path
under private names, takes its own folder off `sys.path` and evicts from `sys.modules` what only it imported, so that a target
with a `json.py` or a `queue.py` of its own is not disturbed. Keep this folder free of anything a target might import.
"""
