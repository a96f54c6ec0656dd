"""What can go wrong, in words that tell a person what to do."""


class WatchbillError(Exception):
    """Base of every error that watchbill raises on purpose.

    ``message`` is one sentence that names what is wrong and the cure; ``exit_code`` is what the
    command line answers with.
    """

    exit_code = 3

    def __init__(self, message: str) -> None:
        """Keep the sentence for whoever shows it."""
        super().__init__(message)
        self.message = message


class ConfigurationError(WatchbillError):
    """Raised when the configuration or the roster file cannot be used; names the field."""

    exit_code = 2


class RefusedError(WatchbillError):
    """Raised when the rules refuse an act; nothing was changed."""

    exit_code = 2


class UnavailableError(WatchbillError):
    """Raised when the program cannot work: database, disk, port."""

    exit_code = 3


class SendError(WatchbillError):
    """Raised by a sender that did not get a message accepted.

    ``permanent``: this channel will not reach this person, do not try it again for this notice.
    ``outcome_unknown``: the message may have gone all the same; ask the provider before a second try.
    ``retry_after``: seconds that the provider asked us to wait, where it did. ``opted_out``: the
    person has stopped our texts. ``whole_channel``: it is our account or sender that was refused.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        outcome_unknown: bool = False,
        retry_after: float | None = None,
        opted_out: bool = False,
        whole_channel: bool = False,
    ) -> None:
        """Keep what the delivery ladder needs to choose its next step."""
        super().__init__(message)
        self.permanent = permanent
        self.outcome_unknown = outcome_unknown
        self.retry_after = retry_after
        self.opted_out = opted_out
        self.whole_channel = whole_channel
