"""What the desk does, called by pages, interface and commands alike."""
