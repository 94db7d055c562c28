"""Mutation: break a snippet in small ways and count the breaks that its tests notice."""
