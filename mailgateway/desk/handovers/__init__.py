"""Tickets that one group hands to another: offered, accepted, declined, handed to and fro."""
