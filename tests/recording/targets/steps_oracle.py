"""Runs a program and writes every line of it that ran, with its call stack: what Python itself tells."""

import json
import sys
import threading

PROGRAM, OUT = sys.argv[1:]
rows = []
numbers = {}
held = []


def own(frame):
    return frame.f_code.co_filename == PROGRAM and (frame.f_code.co_name[0] != "<" or frame.f_code.co_name == "<module>")


def stack(frame):
    found = []
    while frame is not None:
        if own(frame):
            found.append([frame.f_code.co_name, frame.f_lineno, numbers.get(id(frame))])
        frame = frame.f_back
    return found


def tracer(frame, event, arg):
    if not own(frame):
        return tracer if frame.f_code.co_filename == PROGRAM else None
    if event == "call" and id(frame) not in numbers:
        numbers[id(frame)] = len(numbers)
        held.append(frame)
        rows.append(["call", stack(frame), None])
    elif event in ("line", "return"):
        rows.append([event, stack(frame), frame.f_locals.get("me")])
    return tracer


with open(PROGRAM) as handle:
    code = compile(handle.read(), PROGRAM, "exec")
threading.settrace(tracer)
sys.settrace(tracer)
exec(code, {"__name__": "__main__"})
sys.settrace(None)
with open(OUT, "w") as handle:
    json.dump(rows, handle)
