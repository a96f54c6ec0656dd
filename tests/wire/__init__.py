"""The real daemon as a process, with the outside world stood in for."""
