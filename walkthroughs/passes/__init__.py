"""What a tour knows beyond its stops: one file per panel, a function of the story and its findings. Runs on the host.

Nothing in a panel is guessed: it stands in the trace or in the source text; what was not followed to its end is left
out.
"""
