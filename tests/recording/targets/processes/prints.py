import os
import subprocess
import sys


def say(word):
    print(word)  # @say
    return word


pids = []
for n in range(3):
    pid = os.fork()
    if pid == 0:
        for _ in range(20):
            say(str(n) * 500)
        os._exit(0)
    pids.append(pid)
for pid in pids:
    os.waitpid(pid, 0)
pid = os.fork()
if pid == 0:
    say("alone")
    os._exit(0)
os.waitpid(pid, 0)
sys.stdout.flush()
for options in (["-u"], []):
    subprocess.run([sys.executable, *options, "one.py"])
