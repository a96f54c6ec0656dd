"""Texts handed to us as they come, where the agency wants that; polling finds them in any case.

A request counts only with the provider's signature over our own configured address, never over the
Host header; a request that is played again has the id of a text that has been acted on, and does
nothing (Twilio, "Validating requests").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from watchbill.clock import Clock
from watchbill.store.inbound import Received

PATH = "/sms/inbound"
LONGEST_ID = 64
NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@dataclass(frozen=True, slots=True)
class Hook:
    """What is needed to take a text from a request: our address, the secret, and who acts on it."""

    origin: str
    secret: str
    clock: Clock
    act: Callable[[Received], None]

    def take(self, form: Mapping[str, str], signature: str) -> bool:
        """Act on the text of a request; return ``False``, and do nothing, without a good signature."""
        from twilio.request_validator import RequestValidator  # noqa: PLC0415 - heavy, and seldom wanted

        address = f"{self.origin}{PATH}"
        if not RequestValidator(self.secret).validate(address, dict(form), signature):
            return False
        number, sender = form.get("MessageSid", ""), form.get("From", "")
        if not number or len(number) > LONGEST_ID or not sender:
            return False
        self.act(Received(number, sender, form.get("Body", ""), self.clock.now()))
        return True
