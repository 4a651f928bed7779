"""The gate in front of moto: it parses each call, checks its signature time and its rate, delays it, injects faults and
records it.

`request` parses a call · `buckets` rate limits · `signature` the time of the signature · `chance` seeded randomness ·
`faults` fault injection · `refusals` AWS's error answers · `pages` the empty page · `recorder` the record of calls ·
`gate` the order of all these.
"""
