"""What the record says, as plain values: rendered as tables, JSON or CSV by whoever asks.

Reads only; answers from the facts as they are now, whether or not a tick has run. Called by cli, web.
"""
