"""Scores of others for repression, rebuilt."""
