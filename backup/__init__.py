"""Back-ups: everything an installation holds, as files that need neither its database nor its bucket to be read.

A shelf is a folder that holds back-ups, each a folder named after its moment:

    2026-11-23T02-00-00Z/
        manifest.json          what it holds, with the SHA-256 of each file below; written last
        tables/<table>.jsonl.gz    the rows: a line with the names of the columns, then one line each
        objects.jsonl.gz       the objects: key, size and SHA-256 of each
        objects/<key>          their bytes; what an earlier back-up holds too is the same file, linked

The rows are read first and as of one moment, then the objects that they need. An object is stored before the row that
needs it and deleted a day after the last one let go of it, so in this order each row finds its object.
"""
