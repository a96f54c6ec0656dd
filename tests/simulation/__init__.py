"""The whole program under one seeded, played clock, with faults, crashes and people."""
