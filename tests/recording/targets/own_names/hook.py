class Hook:
    name = "our hook"
