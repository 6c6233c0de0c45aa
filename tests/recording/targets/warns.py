import inspect
import sys
import traceback
import warnings


def old():
    warnings.warn("old is old", DeprecationWarning, stacklevel=2)


def deeper():
    warnings.warn("from further out than there is", UserWarning, stacklevel=9)


old()
old()
for _ in range(3):
    warnings.warn("once per line")  # @warn
deeper()
print(len(inspect.stack()), [frame.function for frame in inspect.stack()])
traceback.print_stack()
try:
    sys._getframe(1)
except ValueError as error:
    print(error)
