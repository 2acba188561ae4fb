"""Share links and their views as items of the table Meetings, under the id of their recording."""

from typing import Any

from meet import dynamodb
from meet.actors import Actor
from meet.clock import SECOND, Milliseconds
from meet.recordings.links import KEPT_EXPIRED, Draft, ShareLink

LINK, _VIEW = "link#", "view#"
_TTL_ATTRIBUTE = "deleteAfter"


def partition_of(recording_id: str) -> str:
    """Return the partition key of what belongs to a recording."""
    return f"recording#{recording_id}"


def key_of(recording_id: str, item: str) -> dict[str, Any]:
    """Return the key of an item of a recording."""
    return dynamodb.to_item(_key(recording_id, item))


def view_item(link_id: str, viewer: str) -> str:
    """Return the sort key of a view."""
    return f"{_VIEW}{link_id}#{viewer}"


def link_values(recording_id: str, link: ShareLink, by: Actor) -> dict[str, Any]:
    """Return the attributes of a new link."""
    draft = link.draft
    return {
        **_key(recording_id, LINK + link.id),
        "id": link.id,
        "tokenDigest": link.token_digest,
        "expiresAt": draft.expires_at,
        "maxViews": draft.max_views,
        "allowsDownload": draft.allows_download,
        "createdAt": link.created_at,
        "views": 0,
        "by": by.to_json(),
        _TTL_ATTRIBUTE: (draft.expires_at + KEPT_EXPIRED) // SECOND,
    }


def view_values(recording_id: str, item: str, until: Milliseconds) -> dict[str, Any]:
    """Return the attributes of a view that lasts until then."""
    return {**_key(recording_id, item), "until": until, _TTL_ATTRIBUTE: until // SECOND + 1}


def link_from(values: dict[str, Any]) -> ShareLink:
    """Return the link in an item."""
    limit = values.get("maxViews")
    return ShareLink(
        id=values["id"],
        draft=Draft(
            expires_at=Milliseconds(int(values["expiresAt"])),
            max_views=None if limit is None else int(limit),
            allows_download=values["allowsDownload"],
        ),
        token_digest=values["tokenDigest"],
        created_at=Milliseconds(int(values["createdAt"])),
        views=int(values["views"]),
        last_viewed_at=dynamodb.moment(values, "lastViewedAt"),
    )


def _key(recording_id: str, item: str) -> dict[str, Any]:
    return {"meetingId": partition_of(recording_id), "item": item}
