"""Imports libraries that keep something of their import, or fail, and then a module of its own."""
import sys
import threading

way = sys.argv[1]
if way == "failing":
    try:
        import failing_library
    except ImportError:
        failing_library = None  # @caught
elif way == "thread":
    threads = [threading.Thread(target=__import__, args=("slow_library",)) for _ in range(3)]
    for thread in threads:
        thread.start()
    import slow_library
    for thread in threads:
        thread.join()
else:
    __import__(way + "_library")
import own

answer = own.answer(41)  # @answer
print(answer)
