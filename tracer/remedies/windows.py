"""A program opens a window, and there is no screen."""

from __future__ import annotations

import re
from dataclasses import replace

from tracer.diagnosis import complaint, with_shim
from tracer.remedies import Adaptation, Situation

NO_SCREEN = re.compile(
    r"no display name|couldn't connect to display|could not connect to display|Cannot connect to \"?None"
    r"|Cannot load backend|requires the '\w+' interactive framework|No available video device|video system not init"
    r"|could not load the Qt platform plugin|The function is not implemented\. Rebuild the library|cvShowImage"
    r"|NoSuchDisplayException|no screens available|Failed to open display|DISPLAY environment variable|GLFWError"
)
# What keeps the libraries that read these from looking for a screen.
WITHOUT = {
    "MPLBACKEND": "Agg",
    "SDL_VIDEODRIVER": "dummy",
    "SDL_AUDIODRIVER": "dummy",
    "QT_QPA_PLATFORM": "offscreen",
    "PYVISTA_OFF_SCREEN": "true",
}


class Windows:
    """Lets nothing look for a screen, and leaves out what would be shown."""

    order = 45

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the failure says that there is no screen, also that of a process that was aborted."""
        text = complaint(situation)
        if situation.outcome == "killed":
            text += situation.printed[-3000:]
        if not NO_SCREEN.search(text):
            return None
        plan = with_shim(situation.plan, "windows")
        return Adaptation(
            replace(plan, environment={**plan.environment, **WITHOUT}),
            "what would be shown in windows is not shown",
            "there is no screen here, and the program opens a window",
            slug="windows",
        )


REMEDY = Windows()
