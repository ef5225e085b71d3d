"""What `seqgan board --demo` brings: an excerpt of leaderboards, the published figures, this software's own results."""
