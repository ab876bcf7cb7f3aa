"""What the Export and the Import page say, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    "New export": "Nouvel export",
    "Past exports": "Exports passés",
    "Each label class in each state": "Chaque classe dans chaque état",
    "Crops that are missing": "Découpes manquantes",
    "On a contact sheet, without picture": "Sur une planche contact, sans image",
    "shapes exported": "formes exportées",
    "shapes left out": "formes laissées de côté",
    "Releases": "Versions",
    "New import": "Nouvel import",
    "Edited table": "Tableau modifié",
    "Past imports": "Imports passés",
    "Import": "Import",
    "As they are": "Telles quelles",
    "Boxes": "Boîtes",
    "Polygons": "Polygones",
    "Format": "Format",
    "To be edited and brought back": "À modifier puis rapporter",
    "Split into train, validation and test": "Répartir en entraînement, validation et test",
    "Where validation and test begin, in per cent": "Où commencent validation et test, en pour cent",
    "Seed": "Graine",
    "Really: {shares}": "En réalité : {shares}",
    "What changed since {time}": "Ce qui a changé depuis le {time}",
    "How much": "Étendue",
    "Pictures": "Images",
    "Contact sheets": "Planches contact",
    "Adds how each row was. Change label classes, tags, states, sources and times in a spreadsheet,"
    " then drop the file under Import: every change is shown before it is made.": (
        "Ajoute comment était chaque ligne. Changez classes, mots-clés, états, sources et heures dans un"
        " tableur, puis déposez le fichier sous Import : chaque changement est montré avant d’être fait."
    ),
    "What belongs together stays together: the same content, frames of one sequence or camera, near twins.": (
        "Ce qui va ensemble reste ensemble : le même contenu, les images d’une séquence ou d’une caméra,"
        " les quasi-doublons."
    ),
    "The shares that were asked for are not met: what belongs together is not parted, and there are few groups, or"
    " some that are large.": (
        "Les parts demandées ne sont pas atteintes : ce qui va ensemble n’est pas séparé, et il y a peu de groupes, ou"
        " certains sont grands."
    ),
    "The real shares stand in the receipt: there are too many media to count them here.": (
        "Les parts réelles sont dans le reçu : il y a trop de médias pour les compter ici."
    ),
    "With what was withdrawn or reopened since, named as such.": (
        "Avec ce qui a été retiré ou rouvert depuis, désigné comme tel."
    ),
    "With it": "Avec",
    "The originals, bit for bit.": "Les originaux, bit pour bit.",
    "Each shape cut out of the original, with its surroundings.": (
        "Chaque forme découpée dans l’original, avec ses alentours."
    ),
    "PDF pages of all frames with their shapes, the smallest one magnified.": (
        "Des pages PDF de toutes les images avec leurs formes, la plus petite agrandie."
    ),
    "YOLO has either boxes or polygons in all of its files. As they are: boxes until one is a polygon.": (
        "YOLO a soit des boîtes, soit des polygones dans tous ses fichiers. Telles quelles : des boîtes"
        " tant qu’aucune n’est un polygone."
    ),
    "What changed since {release}": "Ce qui a changé depuis {release}",
    "Compared with another": "Comparée à une autre",
    "Compared with": "Comparée à",
    "{before} → {after}": "De {before} à {after}",
    "added": "ajoutés",
    "not in it before": "absents auparavant",
    "taken out of every list since": "sortis de toutes les listes depuis",
    "removed": "enlevés",
    "there, but not in the later release": "présents, mais pas dans la version suivante",
    "relabelled": "réétiquetés",
    "another answer, with other shapes or label classes": "une autre réponse, avec d’autres formes ou classes",
    "moved": "déplacés",
    "in another part of the split": "dans une autre partie de la répartition",
    "only one of the two releases has a split": "une seule des deux versions a une répartition",
    "edited": "modifiés",
    "another state, or other tags, times or places": "un autre état, ou d’autres mots-clés, heures ou lieux",
    "unchanged": "inchangés",
    "All differences as CSV": "Toutes les différences en CSV",
    "{done} of {total} media · {size} · {seconds} s": "{done} médias sur {total} · {size} · {seconds} s",
    "Counting…": "Comptage…",
    "Receipt": "Reçu",
    "Made of": "Fait de",
    "Asked for": "Demandé",
    "Cancel": "Annuler",
    "Cancelled. Nothing of it is kept.": "Annulé. Rien n’en est gardé.",
    "Its file was deleted after its time. Its receipt stays; export again for the same file of now.": (
        "Son fichier a été supprimé à son terme. Son reçu reste ; exportez de nouveau pour le fichier"
        " d’aujourd’hui."
    ),
    "Download {size}": "Télécharger {size}",
    "Export again": "Exporter de nouveau",
    "With": "Avec",
    "As of": "À la date du",
    "Holds": "Contient",
    "SHA-256": "SHA-256",
    "Kept until": "Gardé jusqu’au",
    "Waiting for its turn…": "En attente de son tour…",
    "Download while it is made": "Télécharger pendant la fabrication",
    "Only what changed since": "Seulement ce qui a changé depuis",
    "Export with a receipt": "Exporter avec un reçu",
    "It is made in the background and kept for some days, with a receipt of what is in it and what is not.": (
        "Il est fait en arrière-plan et gardé quelques jours, avec un reçu de ce qu’il contient et de ce"
        " qu’il ne contient pas."
    ),
    "No media match these filters. Remove a filter.": "Aucun média ne répond à ces filtres. Retirez-en un.",
    "With the command of the package `vigie-client`, once signed in:": (
        "Avec la commande du paquet `vigie-client`, une fois connecté :"
    ),
    "Release": "Version",
    "format": "format",
    "made of": "fait de",
    "with": "avec",
    "No export yet. What you export stands here for some days, with its receipt.": (
        "Pas encore d’export. Ce que vous exportez reste ici quelques jours, avec son reçu."
    ),
    "download": "télécharger",
    "← Newest": "← Les derniers",
    "Exactly {shares} %, as it was asked before, until this is moved.": (
        "Exactement {shares} %, comme demandé la première fois, tant que ceci n’est pas déplacé."
    ),
    "Left out, and why": "Laissés de côté, et pourquoi",
    "In the file, but not as a whole": "Dans le fichier, mais pas en entier",
    "Pictures that are not in the file": "Images absentes du fichier",
    "no label class": "aucune classe",
    "exported": "exportés",
    "left out": "laissés de côté",
    "and {n} more, in the receipt": "et {n} autres, dans le reçu",
    "not in the filter any more": "plus dans le filtre",
    "why": "pourquoi",
    "which": "lesquels",
    "The first {n}; all of them stand in the receipt.": "Les {n} premiers ; tous sont dans le reçu.",
    "The whole receipt as JSON": "Le reçu entier en JSON",
    "Split": "Répartition",
    "Frozen": "Figée",
    "Fingerprint": "Empreinte",
    "Delete this release…": "Supprimer cette version…",
    "What it froze is forgotten. Media and their answers stay. One that was exported cannot be deleted.": (
        "Ce qu’elle figeait est oublié. Les médias et leurs réponses restent. Une version exportée ne"
        " peut pas être supprimée."
    ),
    "Withdrawn since": "Retirés depuis",
    "No media.": "Aucun média.",
    "No label class.": "Aucune classe.",
    "Freezing…": "En train de figer…",
    "answered": "avec réponse",
    "Export it": "L’exporter",
    "Export what changed since": "Exporter ce qui a changé depuis",
    "frozen": "figée",
    "split": "répartition",
    "{percent} %": "{percent} %",
    "Freeze a release": "Figer une version",
    "What the filter shows, with its answers as they are now, under a name. Later work does not"
    " change it: it can be exported again, bit for bit, and compared with another.": (
        "Ce que montre le filtre, avec ses réponses d’aujourd’hui, sous un nom. Le travail qui suit n’y"
        " change rien : elle peut être exportée de nouveau, bit pour bit, et comparée à une autre."
    ),
    "Note": "Note",
    "Freeze": "Figer",
    "No release yet. Freeze one before a training run, to know later what it saw.": (
        "Pas encore de version. Figez-en une avant un entraînement, pour savoir plus tard ce qu’il a vu."
    ),
    "failed": "échoué",
    "What it is for, what is in it": "À quoi elle sert, ce qu’elle contient",
    "being made": "en fabrication",
    "ready": "prêt",
    "cancelled": "annulé",
    "file deleted": "fichier supprimé",
    "train": "entraînement",
    "validation": "validation",
    "test": "test",
    "no split": "sans répartition",
    "{size} KB": "{size} ko",
    "{size} GB": "{size} Go",
    "{size} TB": "{size} To",
    "{shares} %, seed {seed}": "{shares} %, graine {seed}",
    "CSV": "CSV",
    "A table for spreadsheets and pandas: one row per media or per shape.": (
        "Un tableau pour tableurs et pandas : une ligne par média ou par forme."
    ),
    "JSON Lines": "JSON Lines",
    "Everything that is known, one media a line. Imports back exactly.": (
        "Tout ce que l’on sait, un média par ligne. Se réimporte à l’identique."
    ),
    "COCO": "COCO",
    "Boxes and polygons in one JSON, for Detectron2, MMDetection and pycocotools.": (
        "Boîtes et polygones en un JSON, pour Detectron2, MMDetection et pycocotools."
    ),
    "YOLO": "YOLO",
    "A text file per picture and a dataset.yaml, ready for Ultralytics.": (
        "Un fichier texte par image et un dataset.yaml, prêt pour Ultralytics."
    ),
    "Pascal VOC": "Pascal VOC",
    "An XML file per picture, and a list of pictures for each split.": (
        "Un fichier XML par image, et une liste d’images par partie."
    ),
    "Parquet": "Parquet",
    "Typed columns for pandas, DuckDB and data warehouses.": (
        "Des colonnes typées pour pandas, DuckDB et les entrepôts de données."
    ),
    "a filter of another version": "un filtre d’une autre version",
    "all media": "tous les médias",
    "only what changed since {release}": "seulement ce qui a changé depuis {release}",
    "what changed of {media}": "ce qui a changé parmi {media}",
    "at most {media}": "au plus {media}",
    "one row per shape": "une ligne par forme",
    "split {shares}": "répartition {shares}",
    "only what changed since {time}": "seulement ce qui a changé depuis le {time}",
    "crops": "découpes",
    "contact sheets": "planches contact",
    "Reading…": "Lecture…",
    "Importing…": "Import en cours…",
    "Undoing…": "Annulation…",
    "Read as": "Lire comme",
    "No other format helps: cancel this import, and begin one with files that can be opened.": (
        "Aucun autre format n’y fait : annulez cet import et commencez-en un avec des fichiers qui s’ouvrent."
    ),
    "Read it again": "Le relire",
    "Go on with it": "Le poursuivre",
    "Undo this import": "Annuler cet import",
    "Its files are still arriving, or never came: look at the tab that sends them.": (
        "Ses fichiers arrivent encore, ou ne sont jamais venus : voyez l’onglet qui les envoie."
    ),
    "{done} of {total}": "{done} sur {total}",
    "What it was taken for. Another choice reads it again.": "Ce pour quoi il a été pris. Un autre choix le relit.",
    "Undone, {time}.": "Annulé, {time}.",
    "Imported by {login}, {time}.": "Importé par {login}, {time}.",
    "All of it, as far as nobody has acted on it since. Whoever made it may for a day, admins always.": (
        "Tout, tant que personne n’y a touché depuis. Son auteur pendant un jour, les admins toujours."
    ),
    "You may leave this page: it goes on, and stands under past imports.": (
        "Vous pouvez quitter cette page : il continue, et figure parmi les imports passés."
    ),
    "{word} becomes": "{word} devient",
    "Leave all out": "Tout laisser de côté",
    "And {n} more: the buttons above decide about them.": "Et {n} autres : les boutons ci-dessus en décident.",
    "Make all of them": "Les créer toutes",
    "A new label class": "Une nouvelle classe",
    "Nothing: leave it out": "Rien : la laisser de côté",
    "Register them where they lie": "Les enregistrer où elles sont",
    "Copy them": "Les copier",
    "From a part of the bucket that is filled already": "D’une partie déjà remplie du stockage",
    "Pictures and annotation files whose keys begin alike. Registered where they lie they are never"
    " moved or deleted by Vigie.": (
        "Des images et des fichiers d’annotations dont les clés commencent de même. Enregistrées où"
        " elles sont, Vigie ne les déplace ni ne les supprime jamais."
    ),
    "Prefix": "Préfixe",
    "as in cameras/2025": "comme cameras/2025",
    "Look": "Regarder",
    "kind": "sorte",
    "what came of it": "ce qu’il en est advenu",
    "No import yet.": "Pas encore d’import.",
    "Keep the answer that is here": "Garder la réponse présente",
    "Replace it": "La remplacer",
    "by content": "par leur contenu",
    "by their number here": "par leur numéro ici",
    "by file name": "par nom de fichier",
    "by bucket key": "par leur clé",
    "One act: it can be undone as a whole.": "Un seul acte : il peut être annulé en entier.",
    "What was noticed": "Ce qui a été remarqué",
    "Where another answer is here already": "Quand une autre réponse est déjà là",
    "where, at first": "où, d’abord",
    "here already": "déjà là",
    "Bring back what was withdrawn": "Restaurer ce qui a été retiré",
    "Recognised": "Reconnus",
    "Not spoken of": "Non mentionnées",
    "Answered here already": "Déjà répondus ici",
    "“Nothing here”": "« Rien ici »",
    "States": "États",
    "Questions not asked here": "Questions non posées ici",
    "Register new pictures": "Enregistrer les images nouvelles",
    "Take over states": "Reprendre les états",
    "Fill in what is not known": "Compléter ce qui manque",
    "times": "fois",
    "name in the files": "nom dans les fichiers",
    "Source, place, times and tags of media that are here already, where they have none.": (
        "Source, lieu, heures et mots-clés des médias déjà présents, là où ils n’en ont pas."
    ),
    "without a picture": "sans image",
    "All": "Tout",
    "what became of it": "ce qu’il en est advenu",
    "None of these.": "Aucun.",
    "← First": "← Début",
    "Browse what is new": "Parcourir les nouveaux",
    "Label Studio": "Label Studio",
    "CVAT": "CVAT",
    "ZIP": "ZIP",
    "files": "fichiers",
    "part of the bucket": "partie du stockage",
    "edited table": "tableau modifié",
    "files arrive": "fichiers en route",
    "being read": "en lecture",
    "to be looked at": "à regarder",
    "being imported": "en cours d’import",
    "imported": "importé",
    "being undone": "en cours d’annulation",
    "already here": "déjà là",
    "pictures only": "images seules",
}

PLURALS: dict[str, tuple[str, str]] = {
    "new": ("nouveau", "nouveaux"),
    "annotated": ("annoté", "annotés"),
    "sent back": ("renvoyé", "renvoyés"),
    "unsure": ("incertain", "incertains"),
    "parked": ("mis de côté", "mis de côté"),
    "rejected": ("rejeté", "rejetés"),
    "withdrawn": ("retiré", "retirés"),
    "reopened": ("rouvert", "rouverts"),
    "undone": ("annulé", "annulés"),
    "in scope": ("concerné", "concernés"),
    "exported": ("exporté", "exportés"),
    "left out": ("laissé de côté", "laissés de côté"),
    "new here": ("nouveau", "nouveaux"),
    "changed": ("changé", "changés"),
    "failed": ("échoué", "échoués"),
    "brought back": ("restauré", "restaurés"),
    "withdrawn here": ("retiré ici", "retirés ici"),
    "media": ("média", "médias"),
    "shapes": ("forme", "formes"),
    "answers": ("réponse", "réponses"),
    "{n} are in it no more": (
        "{n} n’y est plus",
        "{n} n’y sont plus",
    ),
    "{n} files in it, with their SHA-256": (
        "{n} fichier dedans, avec son SHA-256",
        "{n} fichiers dedans, avec leur SHA-256",
    ),
    "{n} bytes": (
        "{n} octet",
        "{n} octets",
    ),
    "{n} columns": (
        "{n} colonne",
        "{n} colonnes",
    ),
    "{n} entries": (
        "{n} entrée",
        "{n} entrées",
    ),
    "{n} label classes recognised": (
        "{n} classe reconnue",
        "{n} classes reconnues",
    ),
    "{n} more are named but not used.": (
        "{n} autre est nommée sans servir.",
        "{n} autres sont nommées sans servir.",
    ),
    "**{n} label classes are not known here.** What do they become?": (
        "**{n} classe est inconnue ici.** Que devient-elle ?",
        "**{n} classes sont inconnues ici.** Que deviennent-elles ?",
    ),
    "Import {n} media": (
        "Importer {n} média",
        "Importer {n} médias",
    ),
    "{n} entries without a picture are left out": (
        "{n} entrée sans image est laissée de côté",
        "{n} entrées sans image sont laissées de côté",
    ),
    "{n} pictures that no annotation file names": (
        "{n} image qu’aucun fichier d’annotations ne nomme",
        "{n} images qu’aucun fichier d’annotations ne nomme",
    ),
    "{n} answers": (
        "{n} réponse",
        "{n} réponses",
    ),
}

SENTENCES: dict[str, str] = {}
