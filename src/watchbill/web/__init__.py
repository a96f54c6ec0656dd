"""The pages: what a message's link opens, and the health of the daemon.

GET shows and changes nothing; a person's POST acts. Called by the daemon; calls acts.
"""
