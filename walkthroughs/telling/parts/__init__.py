"""What is told at a stop, stage by stage: which rules are asked, and in which order."""
