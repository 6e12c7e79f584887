"""How likely is a seed match to be bound, relative to others? A few dozen numbers, fitted on AGO chimeras."""
