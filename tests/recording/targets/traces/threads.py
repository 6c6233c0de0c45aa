"""Threads that are waited for."""
import threading
from concurrent.futures import ThreadPoolExecutor

results = []


def work(number):
    square = number * number
    results.append(square)
    return threading.current_thread() is threading.main_thread()


def run(number):
    return list(ThreadPoolExecutor(1).map(work, [number]))


print([run(number) for number in range(2)], work(3))
