"""The pages in a real browser, on the real daemon: what only a browser can tell."""
