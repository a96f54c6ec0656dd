"""What people do: one function, one transaction and one journal entry for each act.

Every way in (page, link, text, command line) calls these; a refused act raises ``RefusedError`` and
changes nothing. Called by web, cli and watch.
"""
