"""Starts Pythons in every way that there is; each prints its command and its environment."""
import os
import pathlib
import subprocess
import sys


def run(words, **how):
    sys.stdout.flush()
    done = subprocess.run(words, stdout=subprocess.PIPE, **how)  # @run
    print(done.returncode, done.stdout.decode().strip())


def environments():
    python = sys.executable
    run([python, "child.py", "inherited"])
    given = dict(os.environ, EXTRA="1", PYTHONPATH="somewhere")
    before = dict(given)
    run([python, "child.py", "given"], env=given)
    assert given == before
    run([python, "child.py", "given bytes"], env={os.fsencode(name): os.fsencode(text) for name, text in given.items()})
    run([python, "child.py", "os.environ"], env=os.environ)
    run([python, "child.py", "empty"], env={})
    run([python, "child.py", "empty path"], env={"PYTHONPATH": ""})
    run(["env"], env={"A": "1"})
    run(["printenv", "PYTHONPATH"])
    run([python, "-c", "import os; print(sorted(os.environ))"])
    os.environ["PYTHONPATH"] = "set by the program"
    run([python, "child.py", "after a change"])
    del os.environ["PYTHONPATH"]
    print(sorted(os.environ) == sorted({**os.environ}))


def ways():
    python = sys.executable
    run([python, "child.py", "no close_fds"], close_fds=False)
    run([pathlib.Path(python), pathlib.Path("child.py"), "a path"])
    run(["a name", "child.py", "executable"], executable=python)
    run([python, "-u", "-W", "ignore", "-m", "child", "module"])
    run([python, "-c", "import child; child.main()", "text"])
    run([python, "-I", "child.py", "isolated"])
    run([python, "-uE", "child.py", "without environment"])
    run([python, "-S", "child.py", "without site"])
    run("'%s' child.py shell" % python, shell=True)
    run([python, "parent.py"])
    os.system("'%s' child.py system" % python)
    os.spawnv(os.P_WAIT, python, [python, "child.py", "spawnv"])
    run(["sh", "-c", "echo shell"])
    try:
        run([python + "-that-is-not-there"])
    except OSError as error:
        print(type(error).__name__)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "child.py", "exec"])
