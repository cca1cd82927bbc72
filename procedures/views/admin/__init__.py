"""The catalogue administrators' pages under /quan-tri/thu-tuc."""
