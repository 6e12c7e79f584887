"""One file per command: `HELP`, `add_arguments(parser)`, and `run(options)`, which unpacks the options once."""
