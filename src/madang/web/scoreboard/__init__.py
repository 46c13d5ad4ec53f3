"""The promises page: verdicts as they were last judged, each with its evidence, and how they changed."""
