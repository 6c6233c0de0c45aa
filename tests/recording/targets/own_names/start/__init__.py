def begin():
    return "our start"
