"""Arrays in, figure out. The only room that names matplotlib."""
