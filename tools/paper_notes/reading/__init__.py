"""From the files of a base to what they say, remembered for as long as they stay the same."""
