"""Everything about running and recording a target program. Runs on the host, except `tracer.inprocess`."""
