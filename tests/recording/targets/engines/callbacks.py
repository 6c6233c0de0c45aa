"""Imports a library that calls the repository while it is imported."""
import registers
import registry_library

print(registry_library.loaded)
