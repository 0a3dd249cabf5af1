"""What is kept of the service beside the tickets themselves: clocks, work, answers, wishes, incidents."""
