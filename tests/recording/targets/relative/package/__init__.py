loaded = "once"  # @package
print("package loaded")
