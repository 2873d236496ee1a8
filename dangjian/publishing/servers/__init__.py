"""What web servers are given: configurations made for one site, and how it is published on time."""
