"""Go and look: fetch pages politely and read them into records. Knows nothing of the past."""
