"""The only code that runs inside the target: stdlib-only, Python 3.9 and later.

`start/sitecustomize.py` is imported by the interpreter itself while it starts. It loads the files here as a private
package, takes its folder off `sys.path` and evicts from `sys.modules` whatever only we imported, before the target's
first line: a target with a `json.py`, a `queue.py` or a `recorder.py` of its own is not disturbed.
"""
