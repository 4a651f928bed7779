"""What stands between a client and the AWS behind: it recognises each call, refuses it where AWS would refuse it,
lets it take its time, breaks it now and then, and records it.

`request` which call it is · `buckets` the published rates · `signature` the client's clock · `chance` what a seed
decides · `faults` which call goes wrong, and how · `refusals` AWS's words for it · `pages` the empty page ·
`recorder` what was seen · `gate` all of it in order.
"""
