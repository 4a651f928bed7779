"""The gate in front of moto: it parses each call, checks its signature time and its rate, delays it, injects faults and
records it.

`gate` has the order of all these · `request` a call and its answer · `buckets` rate limits · `faults` seeded randomness
and fault injection · `refusals` AWS's error answers.
"""
