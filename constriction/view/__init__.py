"""What people look at: a leaf that nothing else imports at start-up."""
