"""What the rules make of mails and tickets."""
