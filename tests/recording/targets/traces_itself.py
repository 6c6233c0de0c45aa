import sys

seen = []


def tracer(frame, event, arg):
    if frame.f_code.co_name == "traced":
        seen.append(event)
    return tracer


def traced():
    return 1


def ordinary():
    done = "recorded"  # @ordinary
    return done


sys.settrace(tracer)
traced()
print(sys.gettrace() is tracer)
sys.settrace(None)
print(seen)
open("after.txt", "w").close()
ordinary()
import pdb

pdb.Pdb.use_rawinput = 0
print("to the debugger")
pdb.set_trace()
print("never reached, standard input is empty")
