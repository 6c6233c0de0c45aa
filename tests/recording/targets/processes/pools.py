import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor


def work(x):
    return x * 2  # @work


def main(how):
    context = multiprocessing.get_context(how)
    pool = context.Pool(2)
    print(pool.map(work, range(10), chunksize=1))
    pool.close()
    pool.join()
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        print(list(executor.map(work, range(6))))
    process = context.Process(target=work, args=(5,), name="alone")
    process.start()
    process.join()
    print(process.exitcode, multiprocessing.active_children())


if __name__ == "__main__":
    main(sys.argv[1])
