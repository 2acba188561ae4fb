"""Signed links to one recording."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meet.clock import HOUR, SECOND, Milliseconds
from meet.recordings.model import new_id
from meet.recordings.playback import LIFETIME, is_valid, sign

NOW = Milliseconds(1_800_000_000_000)
ENDS = Milliseconds(NOW + HOUR)
ID, OTHER = new_id(NOW), new_id(NOW)
KEY = b"a-key"
TOKEN = sign(ID, expires_at=ENDS, key=KEY)


def opens(token: str, recording_id: str = ID, *, now: int = NOW, key: bytes = KEY) -> bool:
    return is_valid(token, recording_id, now=Milliseconds(now), key=key)


def test_it_opens_its_recording_until_it_expires() -> None:
    assert opens(TOKEN)
    assert opens(TOKEN, now=ENDS - 1)
    assert not opens(TOKEN, now=ENDS)
    assert not opens(TOKEN, now=ENDS + LIFETIME)


def test_it_never_lives_longer_than_said() -> None:
    odd = Milliseconds(ENDS + 999)
    token = sign(ID, expires_at=odd, key=KEY)
    assert opens(token, now=odd - SECOND)
    assert not opens(token, now=odd)


def test_it_opens_no_other_recording_and_not_with_another_key() -> None:
    for other in (OTHER, "", ID[:-1], ID + "0", ID.lower(), f"{ID}\n"):
        assert not opens(TOKEN, other)
    assert not opens(TOKEN, key=b"another-key")
    assert not opens(TOKEN, key=b"")


def test_not_one_character_of_it_can_be_changed() -> None:
    for place in range(len(TOKEN)):
        for instead in "A1.=é":
            edited = TOKEN[:place] + instead + TOKEN[place + 1 :]
            assert edited == TOKEN or not opens(edited), edited
        assert not opens(TOKEN[:place])
        assert not opens(TOKEN[:place] + TOKEN[place + 1 :])
    assert not opens(TOKEN + "=")
    assert not opens(" " + TOKEN)


def test_its_end_cannot_be_moved() -> None:
    expiry, _, signature = TOKEN.partition(".")
    for moved in (str(int(expiry) + 1), f"0{expiry}", f"+{expiry}", f"{expiry}0", f" {expiry}"):
        assert not opens(f"{moved}.{signature}")
    arabic = "".join(chr(0x660 + int(digit)) for digit in expiry)
    assert not opens(f"{arabic}.{signature}")


@pytest.mark.parametrize(
    "token", ["", ".", "..", "x", "1.", ".x", "٣.x", "\udcff.\udcff", "9" * 9999 + ".x", "NaN.x"]
)
def test_garbage_opens_nothing_and_breaks_nothing(token: str) -> None:
    assert not opens(token)
    assert not opens(token, "\udcff")


@given(st.text(), st.text())
def test_no_text_opens_anything(token: str, recording_id: str) -> None:
    assert not opens(token, recording_id)


@given(st.text(min_size=1), st.integers(0, 10**14))
def test_whatever_is_signed_is_valid(recording_id: str, expires_at: int) -> None:
    expires_at = expires_at // SECOND * SECOND
    token = sign(recording_id, expires_at=Milliseconds(expires_at), key=KEY)
    assert opens(token, recording_id, now=expires_at - 1)
    assert not opens(token, recording_id, now=expires_at)
