import multiprocessing
import pickle


class Config:
    def __init__(self, rate):
        self.rate = rate


def work(config):
    return config.rate * 2  # @work


if __name__ == "__main__":
    copied = pickle.loads(pickle.dumps(Config(2)))  # @copied
    print(type(copied).__module__, copied.rate)
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        results = pool.map(work, [Config(1), Config(5)])  # @results
    print(results)
