def fail():
    raise ValueError("kept")


kept = []
try:
    fail()
except ValueError as error:
    kept.append(error)
