def dumps(value):
    return "our json"  # @dumps
