"""Tables, migrations and queries: turns rows into core values and back.

Promises: what is committed stays; the journal's rows cannot be changed; writers queue, none is lost.
Called by acts, ledger, post, watch and reports; knows core, and nothing above.
"""
