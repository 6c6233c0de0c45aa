"""Keeps what a target may see and change within bounds: its environment, its home, its limits, and what is told of it.

`shelter` puts together what one run gets: variables without secrets, a home of its own, and a sandbox where there is
one. `secrets` and `privacy` take secrets and the names of this machine out of what is kept.
"""
