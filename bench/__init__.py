"""What a plan costs that finds nothing to do: `measure` finds it out, `python -m bench` tells it for many sizes."""
