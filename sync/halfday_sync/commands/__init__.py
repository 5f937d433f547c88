"""The verbs of the command line, one module each: `add(parsers)` names its options, `run(args)` does it."""
