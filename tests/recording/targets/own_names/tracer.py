def trace():
    return "our tracer"  # @trace
