"""Phone numbers, as E.164."""

from __future__ import annotations

from watchbill.errors import ConfigurationError


def number(text: str, field: str, region: str | None = None) -> str:
    """Return a phone number as ``+14195550101``; raise ``ConfigurationError`` that names the field.

    ``region``: the country (``US``) by which a number without ``+`` is read.
    """
    import phonenumbers  # noqa: PLC0415 - heavy, and only where a number is read

    cure = f"{field}: {text[:40]!r} is not a phone number; write it as +14195550101."
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise ConfigurationError(cure) from None
    if not phonenumbers.is_possible_number(parsed):
        raise ConfigurationError(cure)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
