"""Events, their audit chain, and how people hear of them."""
