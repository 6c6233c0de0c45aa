import subprocess
import sys

for words in (["-c", "import json"], ["-m", "this"], ["-m", "json.tool", "--help"], ["-m", "pip", "--version"]):
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
