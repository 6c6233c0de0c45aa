import threading
import time
import tiny_optim

optimizer = tiny_optim.Optimizer()
seen = []


def bounded():
    for item in range(500):
        optimizer.step()
        seen.append(item)


def unbounded():
    while True:
        optimizer.step()
        time.sleep(0.001)
        steps.append(1)


steps = []
first = threading.Thread(target=bounded)
first.start()
first.join()
print(seen)
threading.Thread(target=unbounded, daemon=True).start()
while len(steps) < 20:
    time.sleep(0.001)
print("main goes on")
