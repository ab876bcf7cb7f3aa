"""What each label class of the shipped wildfire set means, in a sentence to read beside the work."""

from __future__ import annotations

GUIDES = {
    "wildfire": "Smoke of a fire that nobody means to have: it rises from vegetation, "
    "is fed from one spot, and drifts with the wind.",
    "industrial": "Smoke or steam of a factory, a power plant or a quarry: it comes from a "
    "building or a stack, often at the same spot each day.",
    "other_smoke": "Smoke that is meant: stubble or garden burning, a chimney, a barbecue.",
    "antenna": "A mast or pylon taken for a plume: thin, straight, and at the same spot in every frame.",
    "building": "Roofs, walls and structures, bright ones above all.",
    "cliff": "Bare rock that stands out pale from the vegetation around it.",
    "combine_harvester": "Dust of a harvest: low, wide, and it moves along with the machine.",
    "dark": "Shadow or too little light to see what it is.",
    "dust": "Dust of a road, a quarry or the wind: brown or grey, close to the ground.",
    "high_cloud": "A cloud well above the horizon.",
    "low_cloud": "Fog, mist, a cloud in a valley or on a ridge: wide, without a spot that it comes from.",
    "lens_flare": "The sun in the lens: rings, streaks, veils of light.",
    "lens_droplet": "A drop or a smear on the lens: blurred, at the same spot while the camera turns.",
    "light": "Lamps, glare, reflections, at night above all.",
    "rain": "Rain, hail or spray between the camera and the landscape.",
    "trail": "A contrail, exhaust, or another line across the sky.",
    "road": "A road or path, pale beside what grows along it.",
    "sky": "A pattern of the sky without an edge that one could name.",
    "tree": "Vegetation: a pale tree, blossoms, leaves that move.",
    "water_body": "A lake, a river or the sea, and what shines on it.",
    "other": "Anything else that is no smoke. Say in a comment what it is.",
    "unlabeled": "A false positive that nobody has looked at closely: for programs.",
}
