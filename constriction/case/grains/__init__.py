"""The section [grains]: a polycrystal under the interface."""
