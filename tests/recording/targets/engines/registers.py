"""A module whose function is called while a library is imported, and only there brings in another one."""


def register(number):
    import own
    return own.answer(number)  # @registered
