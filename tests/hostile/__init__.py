"""Everything hostile that a stranger, a camera or a curator may send, and what became of each piece of it.

`make test-hostile` prints the table; `python -m tests.hostile --only names` asks one group.
"""
