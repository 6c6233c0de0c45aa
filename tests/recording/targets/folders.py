import os
import subprocess
import sys


def inside():
    where = os.path.basename(os.getcwd())  # @inside
    return where


os.makedirs("work", exist_ok=True)
os.chdir("work")
print(inside())
with open("made.txt", "w") as handle:
    handle.write("made")  # @write
exec(compile("value = 1 + 1", "../folders.py", "exec"))
child = os.fork() if hasattr(os, "fork") else -1
if child == 0:
    in_child = inside()  # @child
    print("child", flush=True)
    os._exit(0)
os.waitpid(child, 0)
again = os.fork()
if again == 0:
    sys.exit(4)
print(os.WEXITSTATUS(os.waitpid(again, 0)[1]))
print(subprocess.run([sys.executable, "-c", "import sys; print('sitecustomize' in sys.modules)"],
                     stdout=subprocess.PIPE).stdout.decode().strip().replace("True", "False"))
back = inside()  # @back
