"""What programs are told in French: media of two steps, links, annotation files; as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    # What the audit trail calls it
    "media created": "média créé",
    "media changed": "média modifié",
    "annotation moved": "annotation déplacée",
    "annotation withdrawn": "annotation retirée",
    "password set": "mot de passe fixé",
    "access deleted": "accès supprimé",
}

PLURALS: dict[str, tuple[str, str]] = {}

SENTENCES: dict[str, str] = {
    "The file is empty. Nothing was stored.": "Le fichier est vide. Rien n’a été enregistré.",
    "An annotation of the file is about a picture that the file does not name.": (
        "Une annotation du fichier concerne une image que le fichier ne nomme pas."
    ),
    "This credential has ended, was revoked, or never was. Sign in again.": (
        "Cet accès a pris fin, a été révoqué ou n’a jamais existé. Reconnectez-vous."
    ),
    "The boundary of the multipart body cannot be used. Nothing was stored.": (
        "La frontière du corps multipart n’est pas utilisable. Rien n’a été enregistré."
    ),
    # Media of two steps
    "This media has its content already. Create another one for another file.": (
        "Ce média a déjà son contenu. Créez-en un autre pour un autre fichier."
    ),
    "This media has its content, and that says what it is.": "Ce média a son contenu, qui dit ce qu’il est.",
    "{} is of the type {}, but this media was created as {}. Nothing was stored.": (
        "{0} est de type {1}, mais ce média a été créé comme {2}. Rien n’a été enregistré."
    ),
    "“{}” is not a field here.": "« {0} » n’est pas un champ ici.",
    # Links
    "This link is not valid any more, or never was. Ask for a new one.": (
        "Ce lien n’est plus valable, ou ne l’a jamais été. Demandez-en un nouveau."
    ),
    "At most {} links at once.": "Au plus {0} liens à la fois.",
    "Annotation {} has no content yet.": "L’annotation {0} n’a pas encore de contenu.",
    # Annotations one by one
    "This media is withdrawn. Restore it first.": "Ce média est retiré. Rétablissez-le d’abord.",
    "This annotation has its content already. Create another one for another file.": (
        "Cette annotation a déjà son contenu. Créez-en une autre pour un autre fichier."
    ),
    "This annotation is someone else's. Create one of your own.": (
        "Cette annotation est à quelqu’un d’autre. Créez la vôtre."
    ),
    "This annotation was moved to another media at this moment. Try again.": (
        "Cette annotation vient d’être déplacée vers un autre média. Réessayez."
    ),
    "This annotation is an answer about its own media, and stays there.": (
        "Cette annotation répond à son propre média et y reste."
    ),
    "Something has been decided about this answer since. Undo that first.": (
        "On a décidé de cette réponse depuis. Annulez d’abord cela."
    ),
    # Annotation files
    "The file is about another picture: its SHA-256 differs.": (
        "Le fichier parle d’une autre image : son SHA-256 diffère."
    ),
    "The file is about several pictures, and not about exactly one with this file name.": (
        "Le fichier parle de plusieurs images, et pas d’une seule qui porte ce nom de fichier."
    ),
    "The file says that its picture has no size.": "Le fichier dit que son image n’a pas de taille.",
    "The file measures the picture lying on its side. Boxes are those of the upright one.": (
        "Le fichier mesure l’image couchée. Les boîtes sont celles de l’image redressée."
    ),
    "“{}” is not a number that can be read.": "« {0} » n’est pas un nombre lisible.",
    "“{}” of the file holds something that is no entry.": (
        "« {0} » du fichier contient quelque chose qui n’est pas une entrée."
    ),
    "“bbox” of the file is not four numbers: left, top, width, height.": (
        "« bbox » du fichier n’est pas quatre nombres : gauche, haut, largeur, hauteur."
    ),
    "An annotation of the file has a category that the file does not name.": (
        "Une annotation du fichier a une catégorie que le fichier ne nomme pas."
    ),
    "A polygon of the file has half a point.": "Un polygone du fichier a une moitié de point.",
    "An object of the file has no name or no box.": "Un objet du fichier n’a pas de nom ou pas de boîte.",
    "“shapes” is a list of shapes.": "« shapes » est une liste de formes.",
    "“label_classes” is a list of label classes.": "« label_classes » est une liste de classes.",
    "“replies” are yes or no by question, and “comment” is a text.": (
        "« replies » est un oui ou un non par question, et « comment » un texte."
    ),
    # Accesses
    "This access is your own. Another admin can delete it.": (
        "Cet accès est le vôtre. Un autre admin peut le supprimer."
    ),
    "Nothing is to be changed: name a scope, or whether it is disabled.": (
        "Il n’y a rien à changer : donnez un rôle, ou dites s’il est désactivé."
    ),
}
