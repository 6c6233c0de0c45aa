import time

step = 0
saved = []


def save(value):
    kept = value  # @save
    saved.append(kept)
    with open("kept.txt", "w") as handle:
        handle.write("x")


try:
    while True:
        step += 1  # @step
        time.sleep(0.001)
except KeyboardInterrupt:
    save("interrupted")  # @handler
    print("saved", saved)
