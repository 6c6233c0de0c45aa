import error_library

raise ImportError("not for this machine")
