"""LiveKit's server API: calls over Twirp, and the tokens it takes."""
