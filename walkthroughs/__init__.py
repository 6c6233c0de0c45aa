"""Everything about telling the story: from a trace to a tour, and from a tour to its faces. Runs on the host."""
