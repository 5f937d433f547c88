"""Whether Google does what Halfday relies on: one list of calls, made with the real Google or with the tests' emulator.

`contract.toml` is the list, `contract` reads it, `running` makes the calls, `recording` keeps what was said.
"""
