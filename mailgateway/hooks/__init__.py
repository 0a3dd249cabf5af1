"""Edge: webhooks are called here, over HTTP. httpx lives here for that, and what it says is translated once."""
