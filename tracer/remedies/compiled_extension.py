"""The compiled part of a library does not load beside the installed torch, or is not there."""

from __future__ import annotations

import re

from tracer.diagnosis import complaint, with_shim
from tracer.remedies import Adaptation, Situation

OPERATOR = re.compile(r"operator (?P<space>\w+)::(?P<name>\w+) does not exist")
UNLOADED = re.compile(
    r"undefined symbol|cannot open shared object file|image not found|wrong ELF class|invalid ELF header|file too short"
    r"|Could not (?:find|load) (?:module|this library)|has no attribute 'cuda_version'"
)
SHARED = re.compile(r"(?P<package>torch\w*|detectron2|mmcv|dgl|apex|pytorch3d)/[\w./+-]*\.(?:so|dylib|pyd)\b")
ABSENT = re.compile(r"No module named '(?P<package>torch_scatter)'")


class CompiledExtension:
    """Declares the operators that are asked for, leaves out what does not load, hides what cannot do without."""

    order = 25

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where an import failed over compiled code."""
        text = complaint(situation) + "\n" + situation.printed[-4000:]
        settings = next((shim.settings for shim in situation.plan.shims if shim.name == "compiled_extension"), None)
        missing = OPERATOR.search(complaint(situation))
        if missing:
            full = f"{missing['space']}::{missing['name']}"
            return Adaptation(
                with_shim(situation.plan, "compiled_extension", operators=[full]),
                f"{missing['space']} was imported without its compiled part",
                f"that does not load beside the installed torch (operator {full} does not exist)",
                slug=f"compiled-extension-{full}",
            )
        absent = ABSENT.search(complaint(situation))
        if absent and settings is None:
            return Adaptation(
                with_shim(situation.plan, "compiled_extension"),
                f"{absent['package']} was done by functions of torch",
                "it is not installed, and has to be compiled for the installed torch",
                slug="compiled-extension",
            )
        if not (
            situation.error in ("OSError", "ImportError", "AttributeError", "RuntimeError") and UNLOADED.search(text)
        ):
            return None
        packages = SHARED.findall(text)
        if not packages:
            return None
        package, left_out = packages[-1], (settings or {}).get("libraries", ())
        if package not in left_out:
            plan = with_shim(situation.plan, "compiled_extension", libraries=[package])
            what = f"{package} was imported without its compiled part"
        else:
            plan = with_shim(situation.plan, "compiled_extension", hidden=[package])
            what = f"{package} was hidden, as if it were not installed"
        why = f"that does not load here ({situation.message[:120]})"
        return Adaptation(plan, what, why, slug=f"compiled-extension-{package}-{len(left_out)}")


REMEDY = CompiledExtension()
