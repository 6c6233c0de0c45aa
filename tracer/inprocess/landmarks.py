"""Function breakpoints on framework functions, told with the repository's call stack above. Runs in the target.

Which functions are landmarks is data that comes with the plan. A few have a probe of their own, because what they
show is not an argument: `modules.py` has that of module calls, `updates.py` those of gradients and of the weights
around an optimizer's step.
"""

from __future__ import annotations

from .caps import lower, told
from .followers import Raised
from .frames import CodeRecord
from .modules import ModuleProbe
from .namespaces import assign, local_names, module_name
from .reading import module_namespace, mro_of, qualname
from .updates import UpdateProbe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable, Optional

    from .hook import Hook
    from .leaver import Leaver
    from .values import Summarizer
    from .watch import Watch
    from .writer import Writer

    Event = dict[str, Any]
    Spec = dict[str, Any]
    Done = Callable[[Any], None]
    Probe = Callable[["Landmark", FrameType], Optional[Done]]

PER_PLACE = 4
OURS = "_repotour."  # a shim that stands between the repository and a library is no library
# What decorators call the function that stands in for the decorated one.
WRAPPERS = {"wrapper", "wrapped", "inner", "inner_f", "decorator", "__call__", "new_func", "error_handler"}


class Landmark:
    """One framework function that is watched: the data from the plan, resolved to a code object."""

    __slots__ = ("spec", "event", "name", "code", "probe", "qualified", "places")

    def __init__(self, spec: Spec, code: CodeType, module: str) -> None:
        self.spec = spec
        self.event: str = spec["event"]
        self.probe: str = spec.get("probe", "")
        self.name = code.co_name
        self.code = code
        self.qualified: str = module + "." + (getattr(code, "co_qualname", None) or code.co_name)
        self.places: dict[tuple[int, int, Optional[bool]], int] = {}


class Landmarks:
    """Matches library code objects against the plan and notes what passes through them."""

    hook: Hook

    def __init__(
        self, plan: Spec, values: Summarizer, wide: Summarizer, watch: Watch, writer: Writer, leaver: Leaver
    ) -> None:
        self.exact: dict[str, list[Spec]] = {}
        self.prefixes: list[tuple[str, Spec]] = []
        for spec in plan["landmarks"]:
            for module in spec["modules"]:
                if module.endswith("."):
                    self.prefixes.append((module, spec))
                else:
                    self.exact.setdefault(module, []).append(spec)
        self.prefixes_named = tuple(prefix for prefix, _ in self.prefixes)
        self.values = values
        self.wide = wide
        self.watch = watch
        self.writer = writer
        self.leaver = leaver
        self.one_process: bool = plan["limits"].get("one_process", False)
        self.modules = ModuleProbe(self)
        self.updates = UpdateProbe(self)
        self._torch: Any = None
        self._probes: dict[str, Probe] = {
            "module_call": self.modules.on_call,
            "backward": self.updates.on_backward,
            "optimizer_step": self.updates.on_step,
            "training_step": self.on_training_step,
            "simulator": self.on_simulator,
            "dataloader": self.on_dataloader,
        }

    def add_probes(
        self, specs: tuple[tuple[str, str, str, str], ...], probes: dict[str, Callable[[Landmark, FrameType], Any]]
    ) -> None:
        """Watch more functions, given as (module, name, class, probe): the recorder's own business, no plan's."""
        self._probes.update(probes)
        for module, name, owner, probe in specs:
            spec = {"event": probe, "modules": [module], "names": [name], "owner": owner, "probe": probe}
            self.exact.setdefault(module, []).append(spec)

    # -- matching ----------------------------------------------------------------------------------------------------

    def match(self, code: CodeType, frame: FrameType) -> Optional[Landmark]:
        """The Landmark for a library code object, or None."""
        module = module_name(frame)
        for spec in self.exact.get(module, ()):
            if code.co_name in spec["names"] and self.fits(spec, code):
                return Landmark(spec, code, module)
        for prefix, spec in self.prefixes:
            named = code.co_name in spec["names"] or ("*" in spec["names"] and code.co_name[0] not in "_<")
            if named and module.startswith(prefix) and self.fits(spec, code):
                return Landmark(spec, code, module)
        return None

    def may_lie_in(self, module: str) -> bool:
        """Whether a module can have landmarks at all."""
        return module in self.exact or module.startswith(self.prefixes_named)

    @staticmethod
    def fits(spec: Spec, code: CodeType) -> bool:
        """Whether code is a method of the class the plan names, as far as this Python can tell from the code alone."""
        owner = spec.get("owner")
        qualified = getattr(code, "co_qualname", None)
        return not owner or qualified is None or qualified.startswith(owner + ".")

    def gradients(self) -> Optional[bool]:
        """Whether gradients are recorded now; None while torch is not loaded."""
        if self._torch is None:
            asked = (module_namespace("torch") or {}).get("is_grad_enabled")
            if type(asked) is not type(len):  # not there yet, or a repository's own module of that name
                return None
            self._torch = asked
        return bool(self._torch())

    # -- what was hit ------------------------------------------------------------------------------------------------

    def on_call(self, mark: Landmark, frame: FrameType) -> Optional[Done]:
        """A landmark's function begins; gives what is to be called with what it returns, or None."""
        probe: Probe = self._probes.get(mark.probe, self.on_plain)
        done = probe(mark, frame)
        # Last: up to 3.10 reading the names of a frame takes back what was assigned to them.
        if mark.spec.get("caps") and self.leaver.jumps and self.owner_is(mark, frame):
            self.on_limits(mark, frame)
        return done

    def owner_is(self, mark: Landmark, frame: FrameType) -> bool:
        """On Pythons whose code objects have no qualified name: check the class of the first argument."""
        owner = mark.spec.get("owner")
        if not owner or hasattr(mark.code, "co_qualname"):
            return True
        if not mark.code.co_argcount:
            return False
        holder = local_names(frame).get(mark.code.co_varnames[0])
        return any(qualname(base) == owner for base in mro_of(type(holder)))

    def nearest(self, frame: FrameType, event: str) -> Optional[tuple[FrameType, CodeRecord, Optional[str]]]:
        """(repository frame, its CodeRecord, library function it called) above a landmark.

        None inside imports, and inside another call of the same event.
        """
        back = frame.f_back
        via = None
        running = self.hook.running
        for _ in range(80):
            if back is None:
                return None
            entry = running(back)
            if type(entry) is Landmark:
                if entry.event == event:
                    return None
                via = entry.qualified
            elif type(entry) is CodeRecord:
                if not entry.folded:
                    return back, entry, via
            else:
                name = module_name(back)
                if name == "importlib._bootstrap":
                    return None
                called = back.f_code.co_name
                # What stands around a function as its decorator is not what the repository called.
                if name and called[0] != "<" and not name.startswith(OURS) and not (via and called in WRAPPERS):
                    via = name + "." + called
            back = back.f_back
        return None

    def note(self, mark: Landmark, frame: FrameType, limit: int = PER_PLACE) -> Optional[Event]:
        """A new event for this landmark with its stack, or None when the place has been noted often enough."""
        found = self.nearest(frame, mark.event)
        if found is None:
            return None
        back, entry, via = found
        if mark.spec.get("direct") and not straight(frame, back):
            return None
        place = (entry.index, back.f_lineno, self.gradients())
        seen = mark.places.get(place, 0)
        mark.places[place] = seen + 1
        if not seen:
            self.hook.look_again(back, entry)
        if seen >= limit:
            return None
        hook = self.hook
        event: Event = {"kind": "landmark", "seq": hook.next_sequence(), "event": mark.event, "name": mark.qualified}
        event["nth"] = seen
        event["t"] = hook.since(hook.clock())
        event["stack"] = hook.stack(back)
        if via is not None:
            event["via"] = via
        if place[2] is not None:
            event["grad"] = place[2]
        return event

    def on_plain(self, mark: Landmark, frame: FrameType) -> Any:
        """A landmark that is told by its arguments and what it returned."""
        if not self.owner_is(mark, frame):
            return None
        event = self.note(mark, frame)
        if event is None:
            return None
        names = local_names(frame)
        summary = (self.wide if mark.spec.get("wide") else self.values).summary
        wanted = mark.spec.get("arguments", ())
        event["args"] = [[name, summary(names[name])] for name in wanted if name in names]
        if not mark.spec.get("returns"):
            self.writer.put(event)
            return None
        noted = event

        def finished(value: Any) -> None:
            self.gave(noted, value, summary)

        return finished

    def gave(self, event: Event, value: Any, summary: Callable[[Any], dict[str, Any]]) -> None:
        """Write an event whose end has been seen, with what the landmark's function gave back."""
        if value is Raised:
            event["raised"] = True
        else:
            event["value"] = summary(value)
        self.done(event)

    def done(self, event: Event) -> None:
        """Write an event whose end has been seen."""
        event["end"] = self.hook.next_sequence()
        self.writer.put(event)

    def on_limits(self, mark: Landmark, frame: FrameType) -> None:
        """A library is told how often to repeat something: no more often than a loop that can be left would run."""
        changes = lower(frame, mark.spec["caps"], self.leaver.passes)
        if not changes:
            return
        back = frame.f_back
        while back is not None and type(self.hook.running(back)) is not CodeRecord:
            back = back.f_back
        self.writer.put(
            {
                "kind": "adapted",
                "what": "library_limits",
                "text": told(mark.qualified, changes),
                "why": "so that what comes behind a loop of the library is seen in time",
                "stack": self.hook.stack(back) if back is not None else [],
            },
            True,
        )

    def on_training_step(self, mark: Landmark, frame: FrameType) -> Any:
        """What other frameworks have in place of an optimizer's step: the loops around it are training loops."""
        found = self.nearest(frame, mark.event) if self.owner_is(mark, frame) else None
        if found is not None and (not mark.spec.get("direct") or straight(frame, found[0])):
            self.leaver.on_step(found[0])
        return self.on_plain(mark, frame)

    def on_simulator(self, mark: Landmark, frame: FrameType) -> Any:
        """A simulator is stepped: loops without gradients around it are rollouts, not evaluation."""
        self.leaver.simulator = True
        return self.on_plain(mark, frame)

    def on_dataloader(self, mark: Landmark, frame: FrameType) -> Any:
        """A DataLoader is built.

        With the plan's leave it loads in this process: what worker processes do cannot be seen.
        """
        noted = self.on_plain(mark, frame)
        names = local_names(frame)
        if self.one_process and type(names.get("num_workers")) is int and names["num_workers"] > 0:
            self.writer.put({"kind": "adapted", "what": "num_workers", "was": names["num_workers"], "now": 0}, True)
            # Assigning to the frame's own parameters at its call event is the debugger's way of changing an argument.
            alone = {"num_workers": 0, "persistent_workers": False, "prefetch_factor": None, "timeout": 0}
            assign(frame, {**alone, "multiprocessing_context": None})
        return noted


def straight(frame: FrameType, caller: FrameType) -> bool:
    """Whether nothing but decorators and shims lies between a repository frame and the library function it called."""
    back = frame.f_back
    while back is not None and back is not caller:
        name = back.f_code.co_name
        if name not in WRAPPERS and name[0] != "<" and not module_name(back).startswith(OURS):
            return False
        back = back.f_back
    return True
