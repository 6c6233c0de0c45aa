"""A program expects to have been started as one of several processes."""

from __future__ import annotations

import re
from dataclasses import replace

from tracer.diagnosis import complaint, raising_lines, with_shim
from tracer.remedies import Adaptation, Situation

# What a launcher says to a process that is alone.
ALONE = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1", "LOCAL_WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1"}
OF_SLURM = {"SLURM_PROCID": "0", "SLURM_LOCALID": "0", "SLURM_NTASKS": "1", "SLURM_NODELIST": "localhost"}
NAMES = "|".join([*ALONE, *OF_SLURM, "MASTER_PORT", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"])
VARIABLE = re.compile(rf"KeyError: '?(?P<name>{NAMES})'?\b|environment variable (?P<other>{NAMES}) expected")
GROUP = re.compile(
    r"env:// rendezvous|process group has not been initialized|process group is not initialized"
    r"|NCCL built in|ProcessGroupNCCL|No backend type associated with device type cpu|init_process_group"
    r"|Gloo connectFullMesh|TCPStore|client socket has (?:failed|timed out)|rendezvous|ncclInvalidUsage",
    re.IGNORECASE,
)
READS = re.compile(rf"\b(?:{NAMES})\b")


class Distributed:
    """Lets the program be the only process of its group."""

    order = 18  # before that of CUDA: what NCCL says speaks of GPUs

    def adapt(self, situation: Situation) -> Adaptation | None:
        """Only where the failure is about what a launcher says, or about the group of processes."""
        text = complaint(situation)
        named = VARIABLE.search(text)
        reading = situation.error in ("TypeError", "ValueError", "KeyError") and any(
            READS.search(line) for line in raising_lines(situation)[:2]
        )
        waiting = situation.outcome == "timed_out" and GROUP.search(situation.printed)
        if not (named or reading or waiting or GROUP.search(text)):
            return None
        if situation.error == "ProcessRaisedException" and not named:
            return Adaptation(
                with_shim(situation.plan, "distributed"),
                "the processes that the program starts form their group with gloo",
                f"what it wants is a network of GPUs ({_last_line(text)})",
                slug="distributed",
            )
        slurm = OF_SLURM if "SLURM" in text else {}
        plan = with_shim(situation.plan, "distributed")
        plan = replace(plan, environment={**ALONE, **slurm, **plan.environment})
        return Adaptation(
            plan,
            "the program was told that it is the only process of its group (RANK=0, WORLD_SIZE=1)",
            f"it expects a launcher that starts several ({_last_line(text) or 'it waited for the others'})",
            slug="distributed",
        )


REMEDY = Distributed()


def _last_line(text: str) -> str:
    """What an exception says at its end: of one in another process the beginning is only where it was."""
    return text.strip().rpartition("\n")[2][:120]
