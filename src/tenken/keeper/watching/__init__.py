"""What is watched besides objectives and spikes, and the turn in which all watchers speak."""
