"""Plans, reports and trees as text: pure, without colour, knowing no kind."""
