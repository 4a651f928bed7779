"""One folder or file for each kind of resource; `registry` lists them."""
