name = "our dis"
