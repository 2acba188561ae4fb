"""A local stand-in for LiveKit's egress: records rooms of the local stack to MP4 on S3."""
