"""The school's own Google Sheet: what stands in it, what it should say, and the fewest calls that bring it there.

Nothing here knows what a pupil is: pages are rows and columns with keys (`model`). What SLT may see is decided in
`halfday_sync.mirroring`.
"""
