"""Says who watches."""

import sys

watching = sys.gettrace() is not None  # @watching
print("hello")
