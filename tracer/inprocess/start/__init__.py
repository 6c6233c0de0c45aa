"""The folder that is put on the target's path for its start.

Holds `sitecustomize.py` and nothing else that could be imported.
"""
