"""Tests of the embedded AWS, each of which names the fact of AWS that it holds to."""
