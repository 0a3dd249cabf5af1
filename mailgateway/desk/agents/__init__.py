"""What agents want: their mails are taken apart, their orders read, and carried out on tickets."""
