name = input("your name? ")  # @ask
print(name)
