"""torchvision: keeping the best of boxes that overlap. Runs in the target."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tracer.inprocess.shims.harness import Harness


def complete(module: Any, harness: Harness) -> None:
    """Give `torchvision.ops.boxes` a `nms` that needs no compiled part, where that did not load."""
    extension = __import__("sys").modules.get("torchvision.extension")
    if extension is None or extension._has_ops():
        return

    def nms(boxes: Any, scores: Any, iou_threshold: float) -> Any:
        """Indices of the boxes (x1, y1, x2, y2) that are kept, best first."""
        harness.tell(
            "torchvision.ops.nms was computed in Python", "the compiled part of torchvision does not load here"
        )
        order = scores.argsort(descending=True)
        kept = []
        while order.numel():
            best = order[0]
            kept.append(best)
            overlap = module.box_iou(boxes[best].unsqueeze(0), boxes[order[1:]])[0]
            order = order[1:][overlap <= iou_threshold]
        return __import__("torch").stack(kept) if kept else order

    module.nms = nms
