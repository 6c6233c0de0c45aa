"""The attempts of a tour: programs are run, changed where they fail, and run again, until one shows what is to be told.

Runs on the host.
"""
