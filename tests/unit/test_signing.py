"""A key for each purpose."""

from meet.signing import derived_key


def test_each_purpose_has_a_key_of_its_own_that_fits_the_signature() -> None:
    keys = [
        derived_key("secret", "console"),
        derived_key("secret", "playback links"),
        derived_key("secret", "console", bound_to=b"one password"),
        derived_key("secret", "console", bound_to=b"another password"),
        derived_key("another secret", "console"),
    ]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {32}  # RFC 7518, 3.2: as long as SHA-256's output
    assert derived_key("secret", "console") == keys[0]
