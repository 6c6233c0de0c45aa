"""Traces itself, and leaves."""
import sys

sys.settrace(lambda frame, event, argument: None)
sys.exit(int(sys.argv[1]))
