"""What compiled libraries do, done by functions of torch. Runs in the target."""
