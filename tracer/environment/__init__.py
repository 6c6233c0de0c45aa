"""The environment of a target: which interpreter runs it, and what is installed for it. Host.

Nothing is ever installed into an environment that is not RepoTour's own.
"""

from __future__ import annotations

from tracer.environment.choosing import Proposal, choose, propose
from tracer.environment.environment import Environment

__all__ = ["Environment", "Proposal", "choose", "propose"]
