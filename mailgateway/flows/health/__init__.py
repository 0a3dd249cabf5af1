"""How the gateway is: signs of life of its parts, what they add up to, and who is told what was done."""
