"""A program that fits a line to the rows of a file, for tests in which that file is not where it should be."""

LOOP = """

def train(rows):
    weight = 0.0
    for epoch in range(4):
        for x, y in rows:
            weight -= 0.1 * 2 * (weight * x - y) * x
    return weight

"""
READ = "rows = [tuple(map(float, line.split(','))) for line in open({path})]\nprint('weight', train(rows))\n"
ROWS = "1,2\n2,4\n1,2\n"
