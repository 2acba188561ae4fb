"""Who is invited to a room, and who is banned from it."""
