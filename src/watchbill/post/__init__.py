"""The ways out over other people's wires, and the record of what went.

Promises: an attempt is on record before the wire is touched, its outcome after; what may have gone is
looked up before it is tried again; no sender sleeps, loops or waits without a limit. Called by watch's
callers (daemon, cli, rehearsal); knows ledger, store and core.
"""
