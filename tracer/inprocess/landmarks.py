"""Function breakpoints on framework functions: each is told with the repository's call stack above it. Runs in the target.

Which functions are landmarks is data that comes with the plan. A few have a probe of their own here, because what they show is
not an argument: the outermost module call, the value gradients are taken of, the weights around an optimizer's step.
"""

import sys

PER_PLACE = 4
# What decorators call the function that stands in for the decorated one.
WRAPPERS = {"wrapper", "wrapped", "inner", "inner_f", "decorator", "__call__", "new_func"}
TREE = 400
NESTED = 600
GRAPH = 3000


class Landmark:
    """One framework function that is watched: the data from the plan, resolved to a code object."""

    __slots__ = ("spec", "event", "name", "code", "probe", "qualified", "places")

    def __init__(self, spec, code, module):
        self.spec = spec
        self.event = spec["event"]
        self.probe = spec.get("probe", "")
        self.name = code.co_name
        self.code = code
        self.qualified = module + "." + (getattr(code, "co_qualname", None) or code.co_name)
        self.places = {}


class Landmarks:
    """Matches library code objects against the plan and notes what passes through them."""

    def __init__(self, plan, values, wide, numbers, watch, writer, leaver):
        self.exact = {}
        self.prefixes = []
        for spec in plan["landmarks"]:
            for module in spec["modules"]:
                if module.endswith("."):
                    self.prefixes.append((module, spec))
                else:
                    for name in spec["names"]:
                        self.exact.setdefault((module, name), []).append(spec)
        self.values = values
        self.wide = wide
        self.numbers = numbers
        self.watch = watch
        self.writer = writer
        self.leaver = leaver
        self.hook = None
        self.one_process = plan["limits"].get("one_process", False)
        self.busy = set()
        self.roots = {}
        self.nested = None
        self.nested_count = 0
        self.updates = {}
        self._torch = None
        self._probes = {
            "module_call": self.on_module_call, "backward": self.on_backward, "optimizer_step": self.on_optimizer_step,
            "simulator": self.on_simulator, "dataloader": self.on_dataloader,
        }  # fmt: skip
        self._ident = __import__("_thread").get_ident

    # -- matching ----------------------------------------------------------------------------------------------------

    def match(self, code, frame):
        """The Landmark for a library code object, or None."""
        module = frame.f_globals.get("__name__")
        if type(module) is not str:
            return None
        for spec in self.exact.get((module, code.co_name), ()):
            if self.fits(spec, code):
                return Landmark(spec, code, module)
        for prefix, spec in self.prefixes:
            if module.startswith(prefix) and (code.co_name in spec["names"] or ("*" in spec["names"] and code.co_name[0] not in "_<")):
                if self.fits(spec, code):
                    return Landmark(spec, code, module)
        return None

    @staticmethod
    def fits(spec, code):
        """Whether a code object is a method of the class the plan names, as far as this Python can tell from the code alone."""
        owner = spec.get("owner")
        qualified = getattr(code, "co_qualname", None)
        return not owner or qualified is None or qualified.startswith(owner + ".")

    def gradients(self):
        """Whether gradients are recorded now; None while torch is not loaded."""
        if self._torch is None:
            module = sys.modules.get("torch")
            self._torch = getattr(module, "is_grad_enabled", None) if module is not None else None
            if self._torch is None:
                return None
        return bool(self._torch())

    # -- what was hit ------------------------------------------------------------------------------------------------

    def on_call(self, mark, frame):
        """A landmark's function begins; gives a trace function for its return, or None."""
        probe = self._probes.get(mark.probe)
        if probe is not None:
            return probe(mark, frame)
        return self.on_plain(mark, frame)

    def owner_is(self, mark, frame):
        """On Pythons whose code objects have no qualified name: check the class of the first argument."""
        owner = mark.spec.get("owner")
        if not owner or hasattr(mark.code, "co_qualname"):
            return True
        first = mark.code.co_varnames[0] if mark.code.co_argcount else None
        holder = frame.f_locals.get(first)
        return any(base.__name__ == owner for base in type.__dict__["__mro__"].__get__(type(holder)))

    def nearest(self, frame, event):
        """(repository frame, its CodeRecord, library function it called) above a landmark; None inside imports or the same event."""
        back = frame.f_back
        via = None
        known = self.hook.known
        for _ in range(80):
            if back is None:
                return None
            entry = known.get(id(back.f_code))
            if type(entry) is Landmark:
                if entry.event == event:
                    return None
                via = entry.qualified
            elif entry is not None and entry is not self.hook.ignored:
                if not entry.folded:
                    return back, entry, via
            else:
                name = back.f_globals.get("__name__")
                if name == "importlib._bootstrap":
                    return None
                if type(name) is str and back.f_code.co_name[0] != "<":
                    via = name + "." + back.f_code.co_name
            back = back.f_back
        return None

    def note(self, mark, frame, limit=PER_PLACE):
        """A new event for this landmark with its stack, or None when the place has been noted often enough."""
        found = self.nearest(frame, mark.event)
        if found is None:
            return None
        back, entry, via = found
        if mark.spec.get("direct") and via is not None and via.rpartition(".")[2] not in WRAPPERS:
            return None
        place = (entry.index, back.f_lineno, self.gradients())
        seen = mark.places.get(place, 0)
        mark.places[place] = seen + 1
        if seen >= limit:
            return None
        hook = self.hook
        hook.sequence += 1
        event = {"kind": "landmark", "seq": hook.sequence, "event": mark.event, "name": mark.qualified, "nth": seen}
        event["t"] = hook.since(hook.clock())
        event["stack"] = hook.stack(back)
        if via is not None:
            event["via"] = via
        if place[2] is not None:
            event["grad"] = place[2]
        return event

    def on_plain(self, mark, frame):
        """A landmark that is told by its arguments and what it returned."""
        if not self.owner_is(mark, frame):
            return None
        event = self.note(mark, frame)
        if event is None:
            return None
        names = frame.f_locals
        summary = (self.wide if mark.spec.get("wide") else self.values).summary
        wanted = mark.spec.get("arguments", ())
        event["args"] = [[name, summary(names[name])] for name in wanted if name in names]
        if not mark.spec.get("returns"):
            self.writer.put(event)
            return None

        def finished(frame, what, value):
            if what == "return":
                event["value"] = summary(value)
                self.done(event)
            return finished

        return self.only_return(frame, finished)

    @staticmethod
    def only_return(frame, function):
        """Ask for the return of a library frame, not for its lines."""
        frame.f_trace_lines = False
        return function

    def done(self, event):
        """Write an event whose end has been seen."""
        self.hook.sequence += 1
        event["end"] = self.hook.sequence
        self.writer.put(event)

    def on_simulator(self, mark, frame):
        """A simulator is stepped: loops without gradients around it are rollouts, not evaluation."""
        self.leaver.simulator = True
        return self.on_plain(mark, frame)

    def on_dataloader(self, mark, frame):
        """A DataLoader is built. With the plan's leave it loads in this process: what worker processes do cannot be seen."""
        noted = self.on_plain(mark, frame)
        names = frame.f_locals
        if self.one_process and type(names.get("num_workers")) is int and names["num_workers"] > 0:
            self.writer.put({"kind": "adapted", "what": "num_workers", "was": names["num_workers"], "now": 0}, True)
            # Assigning to the frame's own parameters at its call event is the debugger's way of changing an argument.
            names["num_workers"] = 0
            names["persistent_workers"] = False
            names["prefetch_factor"] = None
            names["multiprocessing_context"] = None
            names["timeout"] = 0
        return noted

    # -- modules -----------------------------------------------------------------------------------------------------

    def on_module_call(self, mark, frame):
        """A module is applied. Only the outermost call is an event; on a root's first call the tree below it is recorded too."""
        me = self._ident()
        if me in self.busy:
            return self.on_nested_call(frame) if self.nested is not None and self.nested[0] == me else None
        module = frame.f_locals.get("self")
        event = self.note(mark, frame)
        gradients = self.gradients()
        if gradients is False:
            self.leaver.on_evaluation(frame.f_back)
        serial = self.values.serial(module)
        if event is not None:
            event["module"] = self.values.summary(module)
            names = frame.f_locals
            event["args"] = self.shapes([names.get("args"), names.get("kwargs"), names.get("input")])
        first = serial is not None and serial not in self.roots
        if first:
            self.roots[serial] = True
            self.nested = (me, self.tree(module, serial))
        self.busy.add(me)

        def finished(frame, what, value):
            if what == "return":
                self.busy.discard(me)
                if first:
                    self.nested = None
                if event is not None:
                    event["value"] = self.values.summary(value)
                    self.done(event)
            return finished

        return self.only_return(frame, finished)

    def shapes(self, groups):
        """[name, summary] of the inputs of a module call."""
        found = []
        for group in groups:
            if type(group) is tuple:
                found.extend(["", self.values.summary(item)] for item in group[:6])
            elif type(group) is dict:
                found.extend([str(name), self.values.summary(item)] for name, item in list(group.items())[:6])
        return found

    def tree(self, module, serial):
        """Write the module tree below a root; gives {id of module: its path} for the call that is about to run."""
        paths = {}
        rows = []
        stack = [("", module, 0)]
        while stack and len(rows) < TREE:
            path, item, depth = stack.pop()
            space = self.space(item)
            if space is None or id(item) in paths:
                continue
            paths[id(item)] = path
            own = 0
            parameters = space.get("_parameters")
            for name, parameter in list(parameters.items()) if isinstance(parameters, dict) else ():
                summary = self.values.summary(parameter) if parameter is not None else {}
                own += product(summary.get("shape", [0]))
                if parameter is not None:
                    self.watch.add(path + "." + name if path else name, parameter)
            kind = type(item)
            rows.append([path, kind.__module__, kind.__qualname__, own, depth, self.values.serial(item)])
            children = space.get("_modules")
            for name, child in reversed(list(children.items()) if isinstance(children, dict) else []):
                if child is not None:
                    stack.append((path + "." + name if path else name, child, depth + 1))
        if any(row[3] for row in rows):
            self.writer.put({"kind": "modules", "root": serial, "rows": rows})
        return paths

    @staticmethod
    def space(item):
        """The instance dictionary of a module, read without its own attribute access."""
        try:
            found = object.__getattribute__(item, "__dict__")
        except Exception:  # noqa: BLE001
            return None
        return found if type(found) is dict else None

    def on_nested_call(self, frame):
        """A module inside the root's first call: its path with the shapes that went in and came out."""
        names = frame.f_locals
        path = self.nested[1].get(id(names.get("self")))
        if path is None or self.nested_count > NESTED:
            return None
        self.nested_count += 1
        inputs = [shown.get("shape") for _, shown in self.shapes([names.get("args"), names.get("kwargs"), names.get("input")])]

        def finished(frame, what, value):
            if what == "return":
                shown = self.values.summary(value)
                outputs = [shown["shape"]] if "shape" in shown else [item[1].get("shape") for item in shown.get("items", [])]
                self.writer.put(
                    {"kind": "module_io", "path": path, "in": [s for s in inputs if s], "out": [s for s in outputs if s]}
                )
            return finished

        return self.only_return(frame, finished)

    # -- gradients and steps -----------------------------------------------------------------------------------------

    def on_backward(self, mark, frame):
        """Gradients are computed: of which object, and from now on weights may change."""
        event = self.note(mark, frame)
        self.watch.arm()
        self.leaver.on_backward(frame.f_back)
        if event is None:
            return None
        names = frame.f_locals
        for name in mark.spec.get("arguments", ()):
            if name in names:
                value = names[name]
                if type(value) in (tuple, list) and len(value):
                    value = value[0]
                event["of"] = self.values.summary(value, stats=True)
                if not self.watch.watched:
                    self.watch_leaves(value, frame.f_back)
                break
        self.writer.put(event)
        return None

    def watch_leaves(self, value, frame):
        """Weights that belong to no module: the leaves of the graph that is differentiated, named as the repository names them."""
        names = {}
        for _, level in self.leaver.repository_frames(frame):
            for space in (level.f_locals, level.f_globals):
                for name, item in list(space.items()):
                    names.setdefault(id(item), name)
        rows = []
        pending, seen = [value.grad_fn], set()
        while pending and len(seen) < GRAPH and len(rows) < 64:
            node = pending.pop()
            if node is None or id(node) in seen:
                continue
            seen.add(id(node))
            if type(node).__name__ == "AccumulateGrad":
                leaf = node.variable
                shown = self.values.summary(leaf)
                name = names.get(id(leaf), "")
                rows.append([name, shown.get("id"), shown.get("shape")])
                self.watch.add(name or "weights", leaf)
            else:
                pending.extend(following for following, _ in node.next_functions)
        if rows:
            self.writer.put({"kind": "leaves", "rows": rows})
        self.watch.arm()

    def on_optimizer_step(self, mark, frame):
        """An optimizer steps: its loops are training loops; the first steps are sampled before and after."""
        found = self.nearest(frame, mark.event)
        if found is None:
            return None
        self.leaver.on_step(found[0])
        event = self.note(mark, frame)
        if event is None:
            return None
        names = frame.f_locals
        optimizer = names.get("self")
        if optimizer is None and type(names.get("args")) is tuple and names["args"]:
            optimizer = names["args"][0]
        serial = self.values.serial(optimizer)
        event["optimizer"] = self.values.summary(optimizer)
        if self.updates.get(serial, 0) >= 1:
            self.updates[serial] = self.updates.get(serial, 0) + 1
            self.writer.put(event)
            return None
        self.updates[serial] = 1
        before = self.parameters(optimizer)

        def finished(frame, what, value):
            if what == "return":
                event["parameters"] = self.compare(before, self.parameters(optimizer))
                self.done(event)
            return finished

        return self.only_return(frame, finished)

    def parameters(self, optimizer):
        """[(serial, shape, learning rate, gradient norm, sampled numbers)] of an optimizer's first parameters."""
        space = self.space(optimizer)
        groups = space.get("param_groups") if space else None
        found = []
        for group in groups if type(groups) is list else ():
            if type(group) is not dict:
                continue
            rate = self.values.summary(group.get("lr")).get("scalar")
            parameters = group.get("params")
            for parameter in parameters if type(parameters) is list else ():
                if len(found) >= 64:
                    return found
                gradient = self.numbers.gradient(parameter)
                norm = self.numbers.norm(gradient) if gradient is not None else None
                shown = self.values.summary(parameter)
                found.append((shown.get("id"), shown.get("shape"), rate, norm, self.numbers.sample_values(parameter, 48)))
        return found

    def compare(self, before, after):
        """What a step did to each parameter: name, shape, rate, gradient norm, first numbers before and after, largest change."""
        rows = []
        for (serial, shape, rate, norm, old), (_, _, _, _, new) in zip(before, after):
            change = max((abs(b - a) for a, b in zip(old, new)), default=0.0) if old and new else None
            rows.append(
                {"name": self.watch.names.get(serial, ""), "shape": shape, "lr": rate, "grad_norm": norm,
                 "before": old[:3] if old else None, "after": new[:3] if new else None, "change": change}
            )  # fmt: skip
        return rows


def product(shape):
    """The number of elements of a shape."""
    total = 1
    for size in shape:
        total *= size
    return total
