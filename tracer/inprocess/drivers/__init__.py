"""Programs of ours that run a repository's code when it has no program that can be started as it is. In the target.

A driver stands where a script would stand: it is started by the interpreter itself, after the recorder, and the
recorder sees it as it sees a library. Standard library only. `run(path)` is given the path of a JSON file.
"""
