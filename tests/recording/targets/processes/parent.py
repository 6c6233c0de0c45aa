import subprocess
import sys

print(subprocess.run([sys.executable, "child.py", "grandchild"], stdout=subprocess.PIPE).stdout.decode())
