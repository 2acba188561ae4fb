"""Content negotiation by Accept and Accept-Language (RFC 9110, sections 12.5.1 and 12.5.4)."""

from collections.abc import Collection


def prefers(accept: str | None, wished: str, *, usual: str) -> bool:
    """True if an Accept header names the wished type and ranks it above the usual one."""
    ranked = _ranked(accept or "")
    kind = usual.partition("/")[0]
    named = (ranked[each] for each in (usual, f"{kind}/*", "*/*") if each in ranked)
    return ranked.get(wished, 0.0) > next(named, 0.0)


def language_of(accepted: str | None, supported: Collection[str], *, usual: str) -> str:
    """Return the supported language that an Accept-Language header ranks highest."""
    ranked = _ranked(accepted or "")
    known = [name for name in ranked if ranked[name] and name.partition("-")[0] in supported]
    return max(known, key=ranked.__getitem__, default=usual).partition("-")[0]


def _ranked(accept: str) -> dict[str, float]:
    """Return the quality of each media range or language; 0 if it cannot be parsed."""
    ranked: dict[str, float] = {}
    for each in accept.split(","):
        name, *parameters = (part.strip().lower() for part in each.split(";"))
        ranked[name] = max(ranked.get(name, 0.0), _quality(parameters))
    return ranked


def _quality(parameters: list[str]) -> float:
    written = [each.removeprefix("q=") for each in parameters if each.startswith("q=")]
    try:
        quality = float(written[0]) if written else 1.0
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
