RECORDS = ["ours"]
