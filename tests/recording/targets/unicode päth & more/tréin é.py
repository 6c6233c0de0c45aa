import sys

größe = {"schlüssel": "wért ✓"}  # @size
print(sys.argv, __file__.rpartition("/")[2], größe)
raise ValueError("ümlaut ✗")
