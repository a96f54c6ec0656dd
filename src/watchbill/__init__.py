"""watchbill: sees to it that an agency's social networking pages are looked at, and by whom."""

__version__ = "0.1.0"
