"""A daemon's first act, and what may come of it: every descriptor is closed, and many files are opened after that."""

import os

os.closerange(3, 2000)
mine = [os.open("mine.txt", os.O_RDWR | os.O_CREAT | os.O_APPEND)]  # @closed
wanted = range(900, 960)
for number in wanted:
    os.dup2(mine[0], number)
print(mine)
later = "recorded"  # @later
os.write(mine[0], b"only this")
with open("mine.txt") as handle:
    print(handle.read())
os.closerange(900, 960)
last = "recorded too"  # @last
print(sorted(os.listdir(".")))
