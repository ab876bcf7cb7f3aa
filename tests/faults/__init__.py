"""Faults made on purpose, one installation each, and what must hold after every one of them.

`python -m tests.faults` runs a small sample, `--full` all of them; `--only F1,F4`, `--seed`, `--database` and
`--bucket` choose. A fault is a function in one of the modules named in `catalogue.MODULES`, registered by
`registry.fault`.
"""
