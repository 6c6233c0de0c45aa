from dataclasses import dataclass
def act(number):
    return number + 1
@dataclass
class Pair:
    left: int
@dataclass
class Late:
    left: int
def steps(): return [1]  # on a line on which a generator goes on that is executed
TEXT = """def draws():
    yield 1



    yield 2



    yield 3
"""
# What is executed here is of no file, in this file's namespace: its functions begin on the lines of others.
exec(TEXT, globals())
for function in [act] * 1000 + [Late] * 1000:
    function(1)
for function in [steps] * 1000 + [draws] * 1000:
    list(function())
for number in range(1000):
    act(number)
    Pair(number)
