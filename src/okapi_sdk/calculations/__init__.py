"""The platform's calculations, one class and one file each."""
