"""What stands for something written elsewhere: names of types, what an application keeps."""
