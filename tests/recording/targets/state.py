import json
import random
import sys
import threading

modules = sorted(sys.modules)
main = sys.modules["__main__"]
shown = {
    "argv": sys.argv,
    "path": sys.path,
    "modules": modules,
    "flags": {name: getattr(sys.flags, name) for name in dir(sys.flags) if name[0] != "_" and name not in ("count", "index")},
    "main": {name: repr(type(value)) for name, value in vars(main).items()},
    "file": __file__,
    "package": __package__,
    "spec": repr(__spec__).partition(" object at")[0],
    "orig": getattr(sys, "orig_argv", [])[1:],
    "limit": sys.getrecursionlimit(),
    "warnoptions": sys.warnoptions,
    "hooks": [sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__, sys.stdout is sys.__stdout__],
    "importers": sorted(sys.path_importer_cache),
    "meta": [repr(one).partition(" object at")[0] for one in sys.meta_path],
    "environment": sorted(__import__("os").environ.items()),
    "random": [random.Random(3).random(), hash("x") if sys.flags.hash_randomization == 0 else 0],
    "open": open("/dev/null").fileno(),
    "thread": threading.current_thread().name,
    "folder": __import__("os").getcwd(),
}
random.seed(0)
shown["seeded"] = random.random()
print(json.dumps(shown, indent=1, sort_keys=True))
