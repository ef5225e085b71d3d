"""The database's schema as numbered versions; a released version is never edited, a change is a new file.

A version is SQL statements separated by blank lines, in words that SQLite and PostgreSQL share. Four words differ and
are replaced: IDENTITY (a primary key that counts by itself), BYTES, CLUSTERED (stored in the order of its key).
"""
