"""Two threads that print while the other one is in the middle of a line."""
import threading
import time


def speaking():
    begun.wait(20)
    print("from the thread")  # @loud
    said.set()
    heard.wait(20)  # @holds
    return None


def begins_another():
    other = threading.Thread(target=print, args=("from a thread that this line began",))
    other.start()
    other.join()


begun, said, heard = threading.Event(), threading.Event(), threading.Event()
thread = threading.Thread(target=speaking)
thread.start()
begun.set()
said.wait(20)  # @waits
print("from the main thread")  # @main
heard.set()
thread.join()
print("alone")  # @alone
begins_another()  # @late


def slowly():
    print("slowly", time.sleep(0.2) or "and well")  # @slowly


def works_meanwhile():
    first = 1
    second = first + 1
    return second


slow = threading.Thread(target=slowly)
slow.start()
works_meanwhile()
slow.join()
