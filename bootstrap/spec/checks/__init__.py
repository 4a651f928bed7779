"""The checks that the files fit together, after each file is valid for its model: one function a rule."""
