def summary(value):
    return ("ours", value)
