"""Reading noisy digits with a network whose backward pass is written by hand. Start with `digits.train`."""
