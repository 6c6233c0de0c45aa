"""The trace file, line by line: what each kind of event means. Runs on the host.

The recorder states the same format on its side.

Format 1. One JSON object per line; `kind` says which:

header       format, python, platform, engine, launch, argv, folder (working directory, relative), limits, chapter,
             started (how the program was started beyond its command: RunPlan.started),
             engine_reason (why the engine is not the interpreter's usual one);
             of a process that the program started also how (subprocess, exec, torchrun, spawn, fork), pid, parent, and
             where known name, role (loader, pool, executor, rank), rank, local_rank, world
process      what the header says of a process, said again when more is known
forks        count, recorded: processes that this one forked
code         id, file, qualname, name, line, end_line, type (function, generator, module, class): before its first use
call         frame, code, visit (how many calls of this kind came before), parent (frame id), from [code, line],
             via (library function between), args [[name, summary]], grad (gradients on), stack when the parent was
             not recorded
line         frame, line, set [[name, summary]] of what the line bound, out/err (text it printed),
             updated [[name, before, after]] (parameters that changed across it), raised,
             gap (lines of this frame ran, or may have, between the line told before and this one),
             calls [[code, number, count]] (calls it made of which no frame is told: the first was call `number` of that
             code, 0 when that is not known), parent and from (as in call, empty where that is none of the repository)
             where a generator goes on for another one than before
return/yield frame, line, value, raised, gap (lines of this frame ran, or may have, after the one told last)
exception    frame, line, type, message
landmark     event, name, stack [[code, line, frame]] innermost first, args, value, via, grad; module_call also module;
             backward also of; optimizer_step also optimizer and parameters
modules      root (serial), rows [path, module, class, own parameters, depth, serial]
leaves       rows [[name, serial, shape]]: weights that belong to no module, found as leaves of what was differentiated
module_io    path, in, out (shapes)
file         mode (read, write), path, stack
loop         code, line, end, role (training, evaluation)
fast_forward code, frame, line, to, iterations, role: a loop that was left by a jump; made_none: names that it made None
source_ended code, frame, line, iterations, role, source (class of the iterator): a loop that no jump can leave; what it
             draws from was ended, so that it ends by itself behind that iteration
stuck        code, line, iterations, reason: a loop that could not be left; ended: nothing else was left of the program
adapted      what, was, now: an argument that the plan had changed, for the tour to tell; of a shim that did something
             what (its name; `synthetic_…` makes up data), text (what happened), why, stack [[code, line]]
counts       code, calls, recorded, edges [[code, line, n]], hits [[line, n]]
             open: at least so many calls, edges_open, hits_open: the same of those
gap          calls and seconds that ran with the recorder off; slices [parts of the run, seconds] of which nothing is
             known; lost: times that the trace function was taken away
elided       reason why lines are missing; where the program traced itself also by (`pdb`, `coverage`; empty: it did so
             with a function of its own) and stack
fault        where, error: a failure of the recorder's own
end          outcome (finished, exited, raised, interrupted, ended: by the recorder, unseen: the process's exit status
             tells), detail, exit_code, type, stack

`seq` orders events by when they began (a line event is written when the line is done); `t` is milliseconds from the
start. A summary of a value carries type, value, and where it applies id (identity), shape, dtype, device, len, scalar,
sample, stats, items, and of some arrays a picture: grid (rows of numbers, strided), channels (1, 3 or 4: of an image, a
row holds the numbers of its pixels one after the other), part (the item that is shown, where it is not the whole).
"""

from __future__ import annotations

TRACE_FORMAT = 1
