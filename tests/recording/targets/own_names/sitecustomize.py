CUSTOM = "of the user"
