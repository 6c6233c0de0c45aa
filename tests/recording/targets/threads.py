results = []


def start_all():
    import threading

    lock = threading.Lock()

    def work(number):
        total = 0
        for value in range(number):
            total += value  # @add
        with lock:
            results.append(total)  # @result

    workers = [threading.Thread(target=work, args=(100 * n,)) for n in (1, 2, 3, 4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    def late():
        import time

        time.sleep(0.2)
        message = "after the main thread"  # @late
        print(message)

    threading.Thread(target=late).start()


start_all()
print(sorted(results))
