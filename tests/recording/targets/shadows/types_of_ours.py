kind = "ours"
