"""Programs that open windows, where there is no screen: what would be shown is not. Runs in the target."""

from __future__ import annotations

from .devices.mapping import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .harness import Harness

WHY = "there is no screen here"
QUIET = ("Agg", "agg", "PDF", "pdf", "PS", "ps", "SVG", "svg", "Cairo", "cairo", "template", "pgf")
OF_CV2 = (
    "imshow namedWindow destroyAllWindows destroyWindow moveWindow resizeWindow setMouseCallback setWindowTitle"
    " createTrackbar startWindowThread setWindowProperty"
).split()


def arm(harness: Harness) -> None:
    """Wait for the libraries that open windows."""

    def on_matplotlib(module: Any) -> None:
        use = module.use

        def without_window(backend: Any, *given: Any, **named: Any) -> Any:
            if str(backend) not in QUIET and "inline" not in str(backend):
                harness.tell("the matplotlib backend %s became Agg" % backend, WHY)
                backend = "Agg"
            return use(backend, *given, **named)

        module.use = like(without_window, use)

    def on_pyplot(module: Any) -> None:
        switch = module.switch_backend

        def switch_backend(newbackend: Any) -> Any:
            if str(newbackend) not in QUIET:
                harness.tell("the matplotlib backend %s became Agg" % newbackend, WHY)
                newbackend = "Agg"
            return switch(newbackend)

        module.switch_backend = like(switch_backend, switch)

    def on_cv2(module: Any) -> None:
        def nothing(*_: Any, **__: Any) -> None:
            harness.tell("what OpenCV would show in a window was not shown", WHY)

        for name in OF_CV2:
            setattr(module, name, nothing)
        module.waitKey = module.waitKeyEx = lambda delay=0: -1
        module.pollKey = lambda: -1
        module.getTrackbarPos = lambda *_: 0

    harness.after("matplotlib", on_matplotlib)
    harness.after("matplotlib.pyplot", on_pyplot)
    harness.after("cv2", on_cv2)
