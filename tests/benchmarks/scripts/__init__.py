"""What is measured on the other side, and what makes the data for it: plain scripts, one for each."""
