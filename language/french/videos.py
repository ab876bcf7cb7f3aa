"""Videos and the frames taken out of them, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    "frames asked": "images demandées",
    "extract frames": "extraire des images",
    "pictures": "images",
    "videos": "vidéos",
    "Type": "Type",
    "Frames of": "Images de",
    "Frame of": "Image de",
    "video {id}": "vidéo {id}",
    "at {seconds} s": "à {seconds} s",
    "Video": "Vidéo",
    "Length": "Durée",
    "Frames": "Images extraites",
    "{m} min {s} s": "{m} min {s} s",
    "{s} s": "{s} s",
    "{n} frames/s": "{n} images/s",
    "{done} of {total} frames": "{done} images sur {total}",
    "Show the frames": "Voir les images",
    "One every … seconds": "Une toutes les … secondes",
}

PLURALS: dict[str, tuple[str, str]] = {
    "Take {n} frames": ("Extraire {n} image", "Extraire {n} images"),
}

SENTENCES: dict[str, str] = {
    "A video is judged as a whole, and nothing is drawn on it. Take frames out of it to draw on them.": (
        "Une vidéo est jugée en entier et rien n’y est dessiné. Prenez-en des images pour y dessiner."
    ),
    "Frames are taken out of videos that are there.": "On extrait des images des vidéos qui sont là.",
    "The interval is between {} and {} seconds.": "L’intervalle est entre {0:number} et {1:number} secondes.",
    "At most {} frames are taken at once: of this video one every {} seconds.": (
        "Au plus {0:number} images sont extraites à la fois : de cette vidéo, une toutes les {1:number} secondes."
    ),
    "The video is not there any more.": "La vidéo n’est plus là.",
    "The video was withdrawn meanwhile.": "La vidéo a été retirée entre-temps.",
    "The video {}.": "La vidéo {0:reason}.",
    "The bucket does not hold this video any more.": "Le bucket ne contient plus cette vidéo.",
    "{} is the number of a media, not “{}”.": "{0} est le numéro d’un média, pas « {1} ».",
    "The part that was asked for lies behind the end: there are {} bytes.": (
        "La partie demandée se trouve après la fin : il y a {0:number} octets."
    ),
}
