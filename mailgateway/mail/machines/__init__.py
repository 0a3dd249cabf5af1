"""Mail that no person wrote: automatic answers, lists, and reports of what could not be delivered."""
